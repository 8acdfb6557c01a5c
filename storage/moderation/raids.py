"""Raids and nights: one digest stands for many flags, and one press decides them.

In a raid it stands for all after the first notices; at night, where a chat wants that, for all until the morning.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage import rules
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    CaseMessage,
    Correction,
    Message,
    Rescan,
    RescanHit,
    Verdict,
    now,
)
from storage.moderation.verdicts import is_overtaken


@dataclass(frozen=True)
class HeldBack:
    """A chat's flagged messages without notices of their own: how many, the first verdict and the last."""

    count: int
    first: int
    last: int  # where there is none, the last that an earlier digest stood for
    removed: int = 0  # that were deleted automatically


def is_on(session: Session, chat_id: int) -> bool:
    """Whether this chat has had its fill of notices, or a raid is not over."""
    digests = select(Action.id).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    is_recent = Action.text.is_(None) & (Action.created_at > now() - rules.RAID_IS_OVER)  # a night is no raid
    goes_on = is_recent | (Action.state == ActionState.PENDING)
    if session.scalars(digests.where(goes_on).limit(1)).first() is not None:
        return True
    notices = select(func.count()).select_from(Action).join(Verdict, Verdict.id == Action.verdict_id)
    notices = notices.join(Verdict.message).where(Message.chat_id == chat_id, Action.kind == ActionKind.NOTIFY)
    return any(
        session.scalars(notices.where(Action.created_at > now() - within)).one() >= fill for fill, within in rules.RAIDS
    )


def ask_for_digest(session: Session, chat_id: int, morning: datetime | None = None) -> None:
    """Ask for one digest of all flags held back until it is sent: at night in the `morning`.

    In a raid it waits the longer, the longer the raid lasts.
    """
    digests = select(Action).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    waiting = session.scalars(digests.where(Action.state == ActionState.PENDING).limit(1)).first()
    if waiting is not None:
        _reschedule(waiting, morning)
    elif morning is not None:
        session.add(Action(chat_id=chat_id, kind=ActionKind.DIGEST, text=rules.AT_NIGHT, not_before=morning))
    else:
        earlier = len(session.scalars(digests.where(Action.created_at > now() - rules.DIGESTS_WITHIN)).all())
        pause = min(rules.DIGEST_AFTER * 2 ** min(earlier, 10), rules.LONGEST_DIGEST)
        session.add(Action(chat_id=chat_id, kind=ActionKind.DIGEST, not_before=now() + pause))
    session.flush()


def _reschedule(digest: Action, morning: datetime | None) -> None:
    """At night a digest waits for the morning, whatever it was for; by day no longer than any other."""
    if morning is not None:
        digest.text, digest.not_before = rules.AT_NIGHT, morning
    else:
        digest.not_before = min(digest.not_before, now() + rules.LONGEST_DIGEST)


def held_back(session: Session, chat_id: int) -> HeldBack:
    """The flags without a notice and a decision that no digest has covered."""
    receipts = select(Action.receipt).where(Action.chat_id == chat_id, Action.kind == ActionKind.DIGEST)
    newest = session.scalars(
        receipts.where(Action.state == ActionState.DONE).order_by(Action.id.desc()).limit(1)
    ).first()
    covered_until = int((newest or {}).get("last", 0))
    flags = _without_notice(chat_id).where(Verdict.id > covered_until).subquery()
    count, first, last = session.execute(select(func.count(), func.min(flags.c.id), func.max(flags.c.id))).one()
    deleted = select(func.count()).select_from(Action).where(Action.verdict_id.in_(select(flags.c.id)))
    deleted = deleted.where(Action.kind == ActionKind.DELETE, Action.state == ActionState.DONE, Action.is_automatic)
    return HeldBack(count, first or 0, last or covered_until, session.scalars(deleted).one())


def undecided(
    session: Session, chat_id: int, first: int, last: int, limit: int, spared: Collection[int] = frozenset()
) -> list[int]:
    """Up to `limit` undecided verdicts that a digest stood for, without those on messages of `spared` authors.

    A message that was edited since is represented by its newest flag.
    """
    covered = aliased(Verdict)
    messages = select(covered.message_id).where(covered.id.between(first, last), covered.is_spam, ~covered.is_shadow)
    of_others = or_(Message.author_id.is_(None), Message.author_id.not_in(spared))
    flags = _without_notice(chat_id).where(Verdict.message_id.in_(messages), of_others)
    return list(session.scalars(flags.order_by(Verdict.id).limit(limit)))


def _without_notice(chat_id: int) -> Select[int]:
    """The chat's flags that have neither a notice, their case's included, nor a correction nor a newer flag.

    What a rescan flagged without notices is not among them: it waits in the queue alone.
    """
    notices = select(Action.verdict_id).where(Action.kind == ActionKind.NOTIFY, Action.verdict_id == Verdict.id)
    decided = select(Correction.id).where(Correction.verdict_id == Verdict.id)
    flags = select(Verdict.id).join(Verdict.message).where(Message.chat_id == chat_id, Verdict.is_spam)
    in_a_case = select(CaseMessage.case_id).where(CaseMessage.message_id == Verdict.message_id)
    flags = flags.where(~in_a_case.correlate(Verdict).exists())
    flags = flags.where(~Verdict.is_shadow, ~notices.exists(), ~decided.exists(), ~is_overtaken())
    return flags.where(~_is_quiet(chat_id))


def _is_quiet(chat_id: int) -> ColumnElement[bool]:
    """Whether a rescan made this verdict, and nobody had the chat's mode act on it."""
    hits = select(RescanHit.rescan_id).join(Rescan, Rescan.id == RescanHit.rescan_id)
    hits = hits.where(RescanHit.message_id == Verdict.message_id, RescanHit.edit == Verdict.edit)
    hits = hits.where(
        Rescan.chat_id == chat_id, Rescan.flagged_at.is_not(None), Rescan.model_version_id == Verdict.model_version_id
    )
    return hits.correlate(Verdict).exists()
