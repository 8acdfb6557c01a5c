"""What keeps messages from being judged, as health checks say it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, update

from storage import room
from storage.models import Action, Message, now
from storage.session import reading, transaction
from storage.views import wellness
from tests.storage import given
from tests.storage.databases import grows_no_more


def problems(engine: Engine, *there: str) -> list[str]:
    """With the files of these versions on the disk."""
    with reading(engine) as session:
        return wellness.problems(session, there.__contains__)


def test_without_a_version_nothing_is_judged(engine: Engine) -> None:
    assert problems(engine) == ["no model version serves: messages wait; run `hamlet train` and `hamlet promote`"]


def test_with_a_version_and_its_files_all_is_well(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming())
    assert problems(engine, "v1") == []


def test_a_version_whose_files_are_gone_judges_nothing(engine: Engine) -> None:
    given.version(engine)
    (problem,) = problems(engine)
    assert problem.startswith(
        "the files of model version v1 are gone from HAMLET_HOME: a worker that starts judges nothing"
    )


def test_the_version_before_judges_where_the_champions_files_are_gone(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    assert "a worker that starts judges with v1" in problems(engine, "v1")[0]


def test_a_disk_with_next_to_no_room_is_said(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as session:
        assert room.shortage(session) is None
        shortage = room.shortage(session, least_bytes=2**62)
    assert shortage is not None
    assert shortage.startswith(f"the disk of the database {sqlite_engine.url.database} has ")


def test_a_database_that_may_grow_no_more_is_said(sqlite_engine: Engine) -> None:
    given.version(sqlite_engine)
    make_room = grows_no_more(sqlite_engine)
    (problem,) = problems(sqlite_engine, "v1")
    make_room()
    assert problem.startswith(f"the database {sqlite_engine.url.database} is as large as it may be")
    assert problems(sqlite_engine, "v1") == []


def test_messages_that_wait_for_long_are_said(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming("one", 1), given.incoming("two", 2))
    with transaction(engine) as session:
        session.execute(
            update(Message).where(Message.message_id == 1).values(received_at=now() - timedelta(minutes=12))
        )
    assert problems(engine, "v1") == ["2 messages wait for a verdict, the oldest for 12 minutes"]


def test_an_old_message_edited_just_now_has_not_waited(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming())
    with transaction(engine) as session:
        session.execute(update(Message).values(received_at=now() - timedelta(days=2), edited_at=now()))
    assert problems(engine, "v1") == []


def test_calls_that_wait_for_long_are_said(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    with transaction(engine) as session:
        session.execute(update(Action).values(created_at=now() - timedelta(hours=2)))
    assert problems(engine, "v1") == ["1 calls to Telegram wait, the oldest for 120 minutes"]
    with transaction(engine) as session:
        session.execute(update(Action).values(not_before=now() + timedelta(minutes=1)))
    assert problems(engine, "v1") == []
