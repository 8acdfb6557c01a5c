"""Two versions on the same messages: how often they differ, and where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from storage.models import Message, Verdict
from storage.queries import judged

_ONE, _OTHER = aliased(Verdict), aliased(Verdict)


@dataclass(frozen=True)
class Difference:
    """One text, and what each of two versions makes of it."""

    text: str
    chat_title: str
    one: float
    other: float
    is_spam: bool  # says the one; the other says the opposite


@dataclass(frozen=True)
class Differences:
    """Over the words that both judged: how many, how many each flags, where only one does, and the newest of those."""

    both: int
    one_flags: int
    other_flags: int
    only_one: int
    only_other: int
    newest: list[Difference]


def between(
    session: Session, one: int, other: int, chats: tuple[int, ...] | None = None, limit: int = 50
) -> Differences:
    """Of two versions, by their ids, in these chats."""
    pairs = _pairs(one, other, chats)
    only_one, only_other = _ONE.is_spam & ~_OTHER.is_spam, ~_ONE.is_spam & _OTHER.is_spam
    asked = (
        func.count(), func.count().filter(_ONE.is_spam), func.count().filter(_OTHER.is_spam),
        func.count().filter(only_one), func.count().filter(only_other),
    )  # fmt: skip
    counts = session.execute(pairs.with_only_columns(*asked)).one()
    newest = pairs.where(_ONE.is_spam != _OTHER.is_spam).order_by(_ONE.id.desc()).limit(limit)
    return Differences(*counts, _told(session, session.execute(newest).all()))


def _pairs(one: int, other: int, chats: tuple[int, ...] | None) -> Select[int, int]:
    same = (_ONE.message_id == _OTHER.message_id) & (_ONE.edit == _OTHER.edit)
    both = select(_ONE.id, _OTHER.id).join(_OTHER, same)
    both = both.where(_ONE.model_version_id == one, _OTHER.model_version_id == other)
    if chats is not None:
        both = both.join(Message, Message.id == _ONE.message_id).where(Message.chat_id.in_(chats))
    return both


def _told(session: Session, pairs: object) -> list[Difference]:
    ids = [tuple(pair) for pair in pairs]  # type: ignore[attr-defined]  # rows of two ids
    wanted = judged.with_text().where(Verdict.id.in_([one for pair in ids for one in pair]))
    found = {item.verdict_id: item for item in judged.with_context(session, wanted)}
    return [
        Difference(found[a].text, found[a].chat_title, found[a].score, found[b].score, found[a].is_spam) for a, b in ids
    ]
