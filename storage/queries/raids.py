"""Many flags at once: after the first ones a single notice stands for the rest, and one press decides them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage import rules
from storage.models import Action, ActionKind, ActionState, Correction, Message, Verdict, now
from storage.queries.judged import is_overtaken


@dataclass(frozen=True)
class HeldBack:
    """Flagged messages of a chat without a notice of their own: how many, and from which verdict to which."""

    count: int
    first: int
    last: int


def is_on(session: Session, chat_id: int) -> bool:
    """Whether this chat had its fill of notices, or has a raid that is not over."""
    digests = select(Action.id).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    goes_on = (Action.created_at > now() - rules.RAID_IS_OVER) | (Action.state == ActionState.PENDING)
    if session.scalars(digests.where(goes_on).limit(1)).first() is not None:
        return True
    told = select(func.count()).select_from(Action).join(Verdict, Verdict.id == Action.verdict_id)
    told = told.join(Verdict.message).where(Message.chat_id == chat_id, Action.kind == ActionKind.NOTIFY)
    return any(
        session.scalars(told.where(Action.created_at > now() - within)).one() >= fill for fill, within in rules.RAIDS
    )


def ask_for_digest(session: Session, chat_id: int) -> None:
    """One notice, a little later, for all that are held back until then; the longer a raid lasts, the later."""
    asked = select(Action).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    if session.scalars(asked.where(Action.state == ActionState.PENDING).limit(1)).first() is not None:
        return
    so_far = len(session.scalars(asked.where(Action.created_at > now() - rules.DIGESTS_WITHIN)).all())
    pause = min(rules.DIGEST_AFTER * 2 ** min(so_far, 10), rules.LONGEST_DIGEST)
    session.add(Action(chat_id=chat_id, kind=ActionKind.DIGEST, not_before=now() + pause))
    session.flush()


def held_back(session: Session, chat_id: int) -> HeldBack:
    """What has no notice and no decision yet, and was in no digest before."""
    told = select(Action.receipt).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    newest = session.scalars(told.where(Action.state == ActionState.DONE).order_by(Action.id.desc()).limit(1)).first()
    beyond = int((newest or {}).get("last", 0))
    open_ones = _without_notice(chat_id).where(Verdict.id > beyond).subquery()
    found = session.execute(select(func.count(), func.min(open_ones.c.id), func.max(open_ones.c.id))).one()
    return HeldBack(found[0], found[1] or 0, found[2] or 0)


def undecided(
    session: Session, chat_id: int, first: int, last: int, limit: int, spared: Collection[int] = frozenset()
) -> list[int]:
    """Some of the verdicts that a digest stood for and nobody decided since, but those on messages of `spared` authors.

    Of a message edited since, it is its newest flag.
    """
    meant = aliased(Verdict)
    messages = select(meant.message_id).where(meant.id.between(first, last), meant.is_spam, ~meant.is_shadow)
    of_others = or_(Message.author_id.is_(None), Message.author_id.not_in(spared))
    found = _without_notice(chat_id).where(Verdict.message_id.in_(messages), of_others)
    return list(session.scalars(found.order_by(Verdict.id).limit(limit)))


def _without_notice(chat_id: int) -> Select[int]:
    told = select(Action.verdict_id).where(Action.kind == ActionKind.NOTIFY, Action.verdict_id == Verdict.id)
    decided = select(Correction.id).where(Correction.verdict_id == Verdict.id)
    found = select(Verdict.id).join(Verdict.message).where(Message.chat_id == chat_id, Verdict.is_spam)
    return found.where(~Verdict.is_shadow, ~told.exists(), ~decided.exists(), ~is_overtaken())
