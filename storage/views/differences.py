"""How often and where two versions differ on the same messages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session, aliased

from storage.models import Message, Verdict
from storage.moderation import verdicts

_ONE, _OTHER = aliased(Verdict), aliased(Verdict)


@dataclass(frozen=True)
class Difference:
    """A text, and the scores of two versions that differ on it."""

    text: str
    chat_title: str
    one: float
    other: float
    is_spam: bool  # according to the one; the other says the opposite


@dataclass(frozen=True)
class Differences:
    """Counts over the texts that both versions judged, and the newest of those that only one flags."""

    both: int
    one_flags: int
    other_flags: int
    only_one: int
    only_other: int
    newest: list[Difference]


def between(
    session: Session, one: int, other: int, chats: tuple[int, ...] | None = None, limit: int = 50
) -> Differences:
    """The differences between two versions (their ids) in these chats."""
    pairs = _pairs(one, other, chats)
    only_one, only_other = _ONE.is_spam & ~_OTHER.is_spam, ~_ONE.is_spam & _OTHER.is_spam
    columns = (func.count(), _count(_ONE.is_spam), _count(_OTHER.is_spam), _count(only_one), _count(only_other))
    counts = session.execute(pairs.with_only_columns(*columns)).one()
    newest = pairs.where(_ONE.is_spam != _OTHER.is_spam).order_by(_ONE.id.desc()).limit(limit)
    return Differences(
        *counts, _differences(session, [(one_id, other_id) for one_id, other_id in session.execute(newest)])
    )


def _count(condition: SQLColumnExpression[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _pairs(one: int, other: int, chats: tuple[int, ...] | None) -> Select[int, int]:
    same = (_ONE.message_id == _OTHER.message_id) & (_ONE.edit == _OTHER.edit)
    both = select(_ONE.id, _OTHER.id).join(_OTHER, same)
    both = both.where(_ONE.model_version_id == one, _OTHER.model_version_id == other)
    if chats is not None:
        both = both.join(Message, Message.id == _ONE.message_id).where(Message.chat_id.in_(chats))
    return both


def _differences(session: Session, pairs: list[tuple[int, int]]) -> list[Difference]:
    statement = verdicts.with_text().where(Verdict.id.in_([verdict_id for pair in pairs for verdict_id in pair]))
    by_id = {item.verdict_id: item for item in verdicts.with_context(session, statement)}
    judged_twice = [(by_id[one_id], by_id[other_id]) for one_id, other_id in pairs]
    return [Difference(one.text, one.chat_title, one.score, other.score, one.is_spam) for one, other in judged_twice]
