"""Rescans: old messages that the present version judges once more, slice by slice, while nothing else waits.

A rescan changes nothing by itself: `rescan_flags` turns its hits into verdicts when somebody asks for that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from storage.access import audit
from storage.errors import UnsuitableSetting
from storage.models import Chat, Correction, Message, MessageState, Rescan, RescanHit, Standing, Verdict, now
from storage.moderation import authors, new_verdicts, policies
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.policies.opinions import SILENT, NewVerdict
from storage.moderation.verdicts import SHOWN
from storage.types import ERASED

MOST_DAYS = 366
MOST_MESSAGES = 5_000  # of the newest that are looked at
MOST_HITS = 500  # listed, and flagged at once; the queue decides no more at once either
MAX_ATTEMPTS = 5  # at one slice, each of which took its worker down
GIVEN_UP = f"the worker did not finish a part of it in {MAX_ATTEMPTS} attempts"  # translated in review/words.py
LEASE = timedelta(minutes=2)  # far longer than a slice takes


@dataclass(frozen=True)
class Slice:
    """Messages of one rescan that a worker may score until the lease runs out; the last slice has none."""

    rescan_id: int
    holder: str
    messages: list[Claimed]


def request(session: Session, chat_id: int, days: int, by: str) -> Rescan:
    """Have a chat's last days looked at again, or return the rescan that is under way there already.

    The chat's earlier lists are dropped, but for what was flagged of them. Raises UnsuitableSetting for days beyond 1 to MOST_DAYS.
    """
    if not 1 <= days <= MOST_DAYS:
        raise UnsuitableSetting("days", days, f"it has to be 1 to {MOST_DAYS}")
    session.get_one(Chat, chat_id, with_for_update=True)  # two requests at once are one
    under_way = select(Rescan).where(Rescan.chat_id == chat_id, Rescan.done_at.is_(None))
    if (row := session.scalars(under_way.limit(1)).first()) is not None:
        return row
    of_chat = select(Rescan.id).where(Rescan.chat_id == chat_id, Rescan.flagged_at.is_(None))
    session.execute(delete(RescanHit).where(RescanHit.rescan_id.in_(of_chat)))
    rescan = Rescan(chat_id=chat_id, days=days, since=now() - timedelta(days=days), requested_by=by)
    session.add(rescan)
    session.flush()
    audit.note(session, by, "rescan", f"the last {days} days", chat_id)
    return rescan


def latest(session: Session, chat_id: int) -> Rescan | None:
    """The chat's newest rescan, done or not."""
    return session.scalars(select(Rescan).filter_by(chat_id=chat_id).order_by(Rescan.id.desc()).limit(1)).first()


def is_waiting(session: Session) -> bool:
    """Whether a slice may be due; changes nothing."""
    return session.scalars(_due(now()).with_only_columns(Rescan.id)).first() is not None


def _due(moment: datetime) -> Select[Rescan]:
    is_free = or_(Rescan.lease_until.is_(None), Rescan.lease_until < moment)
    return select(Rescan).where(Rescan.done_at.is_(None), is_free).order_by(Rescan.id).limit(1)


def claim(session: Session, version_id: int, limit: int) -> Slice | None:
    """Take the next messages of the oldest rescan, `limit` at most; None where none is due.

    Where another version serves by now, the rescan begins anew, for a list is always of one version.
    """
    moment = now()
    rescan = session.scalars(_due(moment).with_for_update(skip_locked=True)).first()
    if rescan is None:
        return None
    if rescan.model_version_id != version_id:
        session.execute(delete(RescanHit).where(RescanHit.rescan_id == rescan.id))
        rescan.model_version_id, rescan.before_row, rescan.scanned, rescan.attempts = version_id, None, 0, 0
    if rescan.attempts >= MAX_ATTEMPTS:
        rescan.done_at, rescan.error = moment, GIVEN_UP
        return None
    rescan.lease_holder, rescan.lease_until = uuid.uuid4().hex, moment + LEASE
    rescan.attempts += 1
    chosen = _undecided(rescan).order_by(Message.id.desc()).limit(min(limit, MOST_MESSAGES - rescan.scanned))
    messages = [Claimed(*row) for row in session.execute(chosen)]
    return Slice(rescan.id, rescan.lease_holder, messages)


def _undecided(rescan: Rescan) -> Select[int, int, str]:
    """What was judged ham by other versions, nobody decided, and this rescan has not looked at."""
    by_version = select(Verdict.id).where(Verdict.message_id == Message.id, Verdict.edit == Message.edit)
    by_version = by_version.where(Verdict.model_version_id == rescan.model_version_id, ~Verdict.is_shadow)
    chosen = select(Message.id, Message.edit, Message.text).where(
        Message.chat_id == rescan.chat_id, Message.received_at >= rescan.since, is_open()
    )
    chosen = chosen.where(~by_version.correlate(Message).exists())
    return chosen if rescan.before_row is None else chosen.where(Message.id < rescan.before_row)


def is_open() -> ColumnElement[bool]:
    """Whether a message counts as ham and nobody has decided about it."""
    decided = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    decided = decided.where(Verdict.message_id == Message.id, Correction.state.in_(SHOWN)).correlate(Message)
    return (Message.state == MessageState.HAM) & (Message.text != ERASED) & ~decided.exists()


def record(session: Session, part: Slice, version: ScoringVersion, judgements: Sequence[Judgement]) -> bool:
    """Note which of these messages of the slice would be flagged; without any, the rescan is done.

    Returns whether more is to be looked at. A slice whose lease went to another worker changes nothing.
    """
    rescan = session.get_one(Rescan, part.rescan_id, with_for_update=True)
    if rescan.lease_holder != part.holder or rescan.done_at is not None:
        return False
    rescan.lease_holder = rescan.lease_until = None
    rescan.attempts = 0
    hits = _hits(session, rescan, version, judgements)
    room = MOST_HITS - _count(session, rescan.id)
    session.add_all(hits[:room])
    rescan.scanned += len(judgements)
    if judgements:
        rescan.before_row = min(judgement.id for judgement in judgements)
    if not judgements or rescan.scanned >= MOST_MESSAGES or len(hits) >= room:
        rescan.done_at = now()
    session.flush()
    return rescan.done_at is None


def _count(session: Session, rescan_id: int) -> int:
    return len(session.scalars(select(RescanHit.message_id).filter_by(rescan_id=rescan_id)).all())


def _hits(
    session: Session, rescan: Rescan, version: ScoringVersion, judgements: Sequence[Judgement]
) -> list[RescanHit]:
    """What the version would flag, by today's standing of the authors, unless a rule of the chat's own allows it."""
    scores = {judgement.id: judgement for judgement in judgements if judgement.score is not None}
    rows = select(Message, Chat).join(Chat).where(Message.id.in_(scores), is_open()).order_by(Message.id.desc())
    written = [(message, chat) for message, chat in session.execute(rows) if message.edit == scores[message.id].edit]
    standings = authors.standings(session, [(message.author_id, chat) for message, chat in written])
    opinions = policies.opinions(session, written, standings)
    hits = []
    for message, chat in written:
        score = scores[message.id].score
        standing = standings.get((chat.id, message.author_id), Standing.UNKNOWN)
        allowed = opinions.get(message.id, SILENT).is_spam is False
        if score is None or allowed:
            continue
        verdict = new_verdicts.make(message.id, message.edit, chat, version, score, standing)
        if verdict.is_spam:
            hits.append(_hit(rescan.id, verdict))
    return hits


def _hit(rescan_id: int, verdict: NewVerdict) -> RescanHit:
    return RescanHit(
        rescan_id=rescan_id,
        message_id=verdict.message_id,
        edit=verdict.edit,
        score=verdict.score,
        review_threshold=verdict.review_threshold,
        act_threshold=verdict.act_threshold,
        standing=verdict.standing,
    )
