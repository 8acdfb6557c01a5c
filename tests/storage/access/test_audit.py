"""The audit is only added to, and both databases hold that; what members and moves need goes on working."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from storage.access import audit, chats, moves
from storage.models import AuditEntry, Chat
from storage.privacy import members
from storage.session import transaction
from tests.conftest import count
from tests.storage import given

OLD, NEW = -5_000_000_000, -1_005_000_000_000
FORGERIES = (
    "UPDATE audit_entries SET actor = 'web:mallory'",
    "UPDATE audit_entries SET what = 'setting'",
    "UPDATE audit_entries SET at = '2020-01-01 00:00:00'",
    "UPDATE audit_entries SET id = id + 100",
    "UPDATE audit_entries SET detail = 'member 8'",
    "UPDATE audit_entries SET detail = '' WHERE detail = 'spam'",
    "UPDATE audit_entries SET chat_id = NULL",
    "UPDATE audit_entries SET chat_id = (SELECT max(id) FROM chats) WHERE chat_id = (SELECT min(id) FROM chats)",
    "UPDATE audit_entries SET chat_id = (SELECT max(id) FROM chats), detail = '' WHERE detail = 'member 7'",
    "UPDATE audit_entries SET verdict_id = NULL",
    "DELETE FROM audit_entries",
    "DELETE FROM audit_entries WHERE what = 'decision'",
)


@pytest.fixture
def noted(engine: Engine) -> Engine:
    """A decision on a verdict, and a word about member 7; beside their chat is another, and a group moved elsewhere."""
    verdict = given.verdict(engine, given.version(engine), given.incoming())
    given.corrected(engine, verdict, "telegram:11", True)
    with transaction(engine) as session:
        chat_id = session.scalars(sa.select(Chat.id)).one()
        audit.note(session, "telegram:11", "ban", audit.about_member(7), chat_id)
    given.received(engine, given.incoming("hello", 7, chat_external_id=OLD))
    with transaction(engine) as session:
        moves.note(session, OLD, NEW)
    return engine


def entries(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(AuditEntry.__table__).order_by(AuditEntry.id))]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_statement_changes_or_deletes_an_entry(noted: Engine, forgery: str) -> None:
    before = entries(noted)
    with pytest.raises(IntegrityError, match="entries of the audit are only added"), noted.begin() as connection:
        connection.exec_driver_sql(forgery)
    assert entries(noted) == before


def test_an_entry_is_not_replaced_by_one_of_its_number(noted: Engine) -> None:
    before = entries(noted)
    values = "(id, at, actor, what, detail) VALUES (1, '2020-01-01 00:00:00', 'web:mallory', 'login', '')"
    replacing = {
        "sqlite": f"INSERT OR REPLACE INTO audit_entries {values}",
        "postgresql": f"INSERT INTO audit_entries {values} ON CONFLICT (id) DO UPDATE SET actor = 'web:mallory'",
    }
    with pytest.raises(IntegrityError, match="only added"), noted.begin() as connection:
        connection.exec_driver_sql(replacing[noted.dialect.name])
    assert entries(noted) == before


def test_the_table_is_not_truncated_on_postgresql(postgresql_engine: Engine) -> None:
    with transaction(postgresql_engine) as session:
        audit.note(session, "web:ann", "login")
    with pytest.raises(IntegrityError, match="only added"), postgresql_engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit_entries")
    assert count(postgresql_engine, "audit_entries") == 1


def test_whoever_is_forgotten_is_erased_and_who_did_it_stays(noted: Engine) -> None:
    with transaction(noted) as session:
        members.forget(session, 7)
    last = given.values(noted, AuditEntry.detail)[-1], given.values(noted, AuditEntry.actor)[-1]
    assert last == ("", "telegram:11")


def test_an_entry_follows_its_group_that_moves(engine: Engine) -> None:
    given.received(engine, given.incoming("hello", 7, chat_external_id=OLD))
    given.received(engine, given.incoming("good morning", 7, chat_external_id=NEW))
    with transaction(engine) as session:
        known_first, later = session.scalars(sa.select(Chat.id).order_by(Chat.id))
        audit.note(session, "web:ann", "setting", "mode: training → soft", later)
    with transaction(engine) as session:
        chats.move_group(session, OLD, NEW)
    assert given.values(engine, AuditEntry.chat_id)[-1] == known_first


@pytest.mark.parametrize("is_known", [True, False])
def test_an_entry_goes_from_the_supergroup_to_its_group_alone(engine: Engine, is_known: bool) -> None:
    """Nor the other way round, nor before it is known that the one became the other."""
    given.received(engine, given.incoming("hello", 7, chat_external_id=OLD))
    given.received(engine, given.incoming("good morning", 7, chat_external_id=NEW))
    with transaction(engine) as session:
        group, supergroup = session.scalars(sa.select(Chat.id).order_by(Chat.id))
        audit.note(session, "web:ann", "setting", "of the group", group)
        audit.note(session, "web:ann", "setting", "of the supergroup", supergroup)
        if is_known:
            moves.note(session, OLD, NEW)
    back = sa.text("UPDATE audit_entries SET chat_id = :to WHERE chat_id = :of AND detail LIKE 'of %'")
    with pytest.raises(IntegrityError, match="only added"), engine.begin() as connection:
        connection.execute(back, {"of": group, "to": supergroup})
    if not is_known:
        with pytest.raises(IntegrityError, match="only added"), engine.begin() as connection:
            connection.execute(back, {"of": supergroup, "to": group})
        return
    with engine.begin() as connection:
        connection.execute(back, {"of": supergroup, "to": group})
    assert given.values(engine, AuditEntry.chat_id)[-2:] == [group, group]
