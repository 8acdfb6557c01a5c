"""What the tests of stored things begin with: messages received and judged, versions registered, time gone by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update

from storage.access import chats, joins
from storage.learning import shadow, versions
from storage.learning.versions import NewVersion
from storage.models import (
    Action,
    ActionKind,
    Base,
    Chat,
    Message,
    MessageState,
    Mode,
    ModelVersion,
    Platform,
    Verdict,
    VersionState,
    now,
)
from storage.moderation import corrections, inbox, receiving
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.odds import NEUTRAL, Shifts
from storage.session import reading, transaction

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def incoming(text: str = "buy now", message_id: int = 1, **changes: Any) -> Incoming:
    """A message in a Telegram group, at noon."""
    return replace(Incoming(Platform.TELEGRAM, -100123, "a group", message_id, 7, "Ann", text, NOON), **changes)


def edited(text: str, message_id: int = 1, minutes: float = 1) -> Incoming:
    """The edit of a message, `minutes` after noon."""
    return incoming(text, message_id, edited_at=NOON + timedelta(minutes=minutes))


def received(engine: Engine, *messages: Incoming) -> list[int]:
    """The rows of these messages."""
    with transaction(engine) as session:
        return [receiving.receive(session, message) for message in messages]


def version(engine: Engine, name: str = "v1", promoted: bool = True) -> ModelVersion:
    """A model version's row, without the directory."""
    with transaction(engine) as session:
        row = versions.register(session, NewVersion(name, 0.5, 0.9, "0" * 64, {}))
        return versions.promote(session, name, "a test") if promoted else row


def in_shadow(engine: Engine, name: str = "v2") -> ModelVersion:
    """A registered version, from now on in shadow; registered first where no version has the name."""
    with transaction(engine) as session:
        row = session.scalars(select(ModelVersion).filter_by(name=name)).one_or_none()
        row = row or versions.register(session, NewVersion(name, 0.5, 0.9, "0" * 64, {}))
        row.state, row.shadow_from = VersionState.SHADOW, now()
        return row


def state(engine: Engine, name: str, chosen: VersionState) -> None:
    """That version in this state."""
    with transaction(engine) as session:
        versions.named(session, name).state = chosen


def verdict(
    engine: Engine,
    model: ModelVersion,
    message: Incoming | None = None,
    score: float = 0.95,
    audit_share: float = 0.0,
    shifts: Shifts = NEUTRAL,
) -> int:
    """The verdict on a message that was received and judged."""
    received(engine, message or incoming())
    with transaction(engine) as session:
        holder, claimed = inbox.claim(session, 100, 30)
        judgements = [Judgement(c.id, c.edit, score) for c in claimed]
        inbox.record(session, holder, ScoringVersion(model.id, 0.5, 0.9, {}, audit_share, shifts), judgements)
        return session.scalars(select(func.max(Verdict.id))).one()


def shadowed(engine: Engine, model: ModelVersion, score: float, edit: int = 0) -> int:
    """The newest verdict after this version, in shadow, gave that score to every message received so far."""
    with transaction(engine) as session:
        judgements = [Judgement(row, edit, score) for row in session.scalars(select(Message.id))]
        shadow.record(session, ScoringVersion(model.id, 0.5, 0.9), judgements)
        return session.scalars(select(func.max(Verdict.id))).one()


def corrected(engine: Engine, verdict_id: int, who: str, is_spam: bool, is_moderator: bool = True) -> int:
    """The correction of a verdict by a person."""
    with transaction(engine) as session:
        return corrections.correct(session, Decision(verdict_id, who, who.title(), is_spam, is_moderator)).id


def joined(engine: Engine, *user_ids: int, chat_external_id: int = -100123) -> None:
    """These people were seen joining the group, at noon."""
    with transaction(engine) as session:
        joins.note(session, chats.on_telegram(session, chat_external_id), user_ids, NOON)


def old_chats(engine: Engine) -> None:
    """Every chat as it is when its first days are over."""
    with transaction(engine) as session:
        session.execute(update(Chat).values(created_at=now() - 2 * joins.FIRST_DAYS))


def regular(engine: Engine, model: ModelVersion, author_id: int = 7) -> None:
    """That author, who was seen joining, in good standing by messages 9001 to 9005."""
    joined(engine, author_id)
    for n in range(9_001, 9_006):
        verdict(engine, model, incoming(f"all is well {n}", n, author_id=author_id), 0.1)


def mode(engine: Engine, chosen: Mode) -> None:
    """Every chat in this mode."""
    with transaction(engine) as session:
        session.execute(update(Chat).values(mode=chosen))


def passed(engine: Engine, table: str, column: str) -> None:
    """That moment, in every row of the table, an hour ago."""
    with engine.begin() as connection:
        connection.execute(update(Base.metadata.tables[table]).values({column: now() - timedelta(hours=1)}))


def values(engine: Engine, column: Any) -> list[Any]:
    """A column's values, in the order of the table's key."""
    with transaction(engine) as session:
        return list(session.scalars(select(column).order_by(*column.table.primary_key)))


def learned(engine: Engine) -> list[tuple[str, bool]]:
    """The texts that accepted corrections teach, with their labels."""
    with reading(engine) as session:
        return [(correction.text, correction.is_spam) for correction in corrections.accepted(session)]


def kinds(engine: Engine) -> list[ActionKind]:
    """The kinds of all actions that were asked for."""
    return values(engine, Action.kind)


def deadly(engine: Engine) -> None:
    """Whatever waits took down every worker that claimed it."""
    with transaction(engine) as session:
        session.execute(
            update(Message).where(Message.state == MessageState.PENDING).values(attempts=inbox.MAX_ATTEMPTS)
        )
        inbox.give_up(session)


def titles(engine: Engine) -> list[str]:
    """What the chats are called, the first seen first."""
    return values(engine, Chat.title)
