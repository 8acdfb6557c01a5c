"""Many flags at once: after the first ones a single notice stands for the rest, and one press decides them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storage import rules
from storage.models import Action, ActionKind, ActionState, Correction, Message, Verdict, now


@dataclass(frozen=True)
class HeldBack:
    """Flagged messages of a chat without a notice of their own: how many, and from which verdict to which."""

    count: int
    first: int
    last: int


def is_on(session: Session, chat_id: int) -> bool:
    """Whether this chat had its fill of notices within the last minute."""
    told = select(func.count()).select_from(Action).join(Verdict, Verdict.id == Action.verdict_id)
    told = told.join(Verdict.message).where(Message.chat_id == chat_id, Action.kind == ActionKind.NOTIFY)
    return session.scalars(told.where(Action.created_at > now() - rules.RAID_WITHIN)).one() >= rules.RAID


def ask_for_digest(session: Session, chat_id: int) -> None:
    """One notice, a little later, for all that are held back until then."""
    waiting = select(Action.id).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    if session.scalars(waiting.where(Action.state == ActionState.PENDING).limit(1)).first() is None:
        session.add(Action(chat_id=chat_id, kind=ActionKind.DIGEST, not_before=now() + rules.DIGEST_AFTER))
        session.flush()


def held_back(session: Session, chat_id: int) -> HeldBack:
    """What has no notice and no decision yet, and was in no digest before."""
    told = select(Action.receipt).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    newest = session.scalars(told.where(Action.state == ActionState.DONE).order_by(Action.id.desc()).limit(1)).first()
    open_ones = _without_notice(chat_id, int((newest or {}).get("last", 0)) + 1, None).subquery()
    found = session.execute(select(func.count(), func.min(open_ones.c.id), func.max(open_ones.c.id))).one()
    return HeldBack(found[0], found[1] or 0, found[2] or 0)


def undecided(
    session: Session, chat_id: int, first: int, last: int, spared: Collection[int] = frozenset()
) -> list[int]:
    """The verdicts that a digest stood for and nobody decided since, but those on messages of `spared` authors."""
    of_others = or_(Message.author_id.is_(None), Message.author_id.not_in(spared))
    return list(session.scalars(_without_notice(chat_id, first, last).where(of_others).order_by(Verdict.id)))


def _without_notice(chat_id: int, first: int, last: int | None) -> Select[int]:
    told = select(Action.verdict_id).where(Action.kind == ActionKind.NOTIFY, Action.verdict_id == Verdict.id)
    decided = select(Correction.id).where(Correction.verdict_id == Verdict.id)
    found = select(Verdict.id).join(Verdict.message).where(Message.chat_id == chat_id, Verdict.is_spam)
    found = found.where(~Verdict.is_shadow, Verdict.id >= first, ~told.exists(), ~decided.exists())
    return found if last is None else found.where(Verdict.id <= last)
