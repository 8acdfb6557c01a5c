"""One decision about everything that a filter shows: its corrections are remembered, so that exactly they can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.access import audit
from storage.errors import UnknownBulkDecision
from storage.models import BulkCorrection, BulkDecision, Correction, Message, Verdict, now
from storage.moderation import claims, corrections
from storage.moderation.corrections import Decision
from storage.moderation.verdicts import SHOWN, is_settled

WHAT = "bulk decision"  # of the audit


@dataclass(frozen=True)
class Bulk:
    """A decision about many verdicts by one person; `is_spam` None is "other"."""

    id: int
    actor: str
    actor_name: str
    is_spam: bool | None


def begin(session: Session, actor: str, actor_name: str, is_spam: bool | None, verdict_ids: Sequence[int]) -> Bulk:
    """A new one about these verdicts, without corrections yet; the audit has one entry for each chat concerned."""
    row = BulkDecision(actor=actor, is_spam=is_spam)
    session.add(row)
    session.flush()
    word = {True: "spam", False: "not spam", None: "other, not learned from"}[is_spam]
    _note(session, actor, verdict_ids, f"{word}, bulk decision {row.id}")
    return Bulk(row.id, actor, actor_name, is_spam)


def decide(session: Session, bulk: Bulk, verdict_ids: Sequence[int]) -> None:
    """Decide these verdicts, but none that was settled meanwhile. A decision that this person had made before stays
    when this one is undone.
    """
    newest = session.scalars(select(func.max(Correction.id))).one() or 0
    still_open = select(Verdict.id).where(Verdict.id.in_(verdict_ids), ~is_settled()).order_by(Verdict.id)
    for verdict_id in session.scalars(still_open).all():
        decision = Decision(
            verdict_id, bulk.actor, bulk.actor_name, bool(bulk.is_spam), is_aside=bulk.is_spam is None, is_bulk=True
        )
        made = corrections.correct(session, decision)
        if made.id > newest:
            session.add(BulkCorrection(correction_id=made.id, bulk_id=bulk.id))
            session.flush()
    claims.release(session, verdict_ids)


def standing(session: Session, bulk_id: int, actor: str) -> tuple[BulkDecision, int, int]:
    """One's own decision, how many corrections it made, and how many of them stand. Raises UnknownBulkDecision."""
    row = session.get(BulkDecision, bulk_id)
    if row is None or row.actor != actor:
        raise UnknownBulkDecision(bulk_id)
    states = [correction.state for _, correction in _made(session, bulk_id)]
    return row, len(states), sum(state in SHOWN for state in states)


def of(session: Session, actor: str, limit: int = 5) -> list[BulkDecision]:
    """This person's last ones, the newest first."""
    rows = select(BulkDecision).where(BulkDecision.actor == actor).order_by(BulkDecision.id.desc())
    return list(session.scalars(rows.limit(limit)))


def standing_verdicts(session: Session, bulk_id: int, actor: str) -> list[int]:
    """The verdicts whose corrections of one's own decision stand. Raises UnknownBulkDecision."""
    standing(session, bulk_id, actor)
    return _standing_verdicts(session, bulk_id)


def begin_undoing(session: Session, bulk_id: int, actor: str, verdict_ids: Sequence[int]) -> None:
    """From now on these verdicts' corrections are taken back; the audit has one entry for each chat concerned."""
    if verdict_ids:
        session.get_one(BulkDecision, bulk_id).undone_at = now()
        _note(session, actor, verdict_ids, f"takes back bulk decision {bulk_id}")


def undo(session: Session, bulk_id: int, actor: str, verdict_ids: Sequence[int]) -> None:
    """Withdraw this decision's corrections of these verdicts, unless they were withdrawn or replaced since."""
    for verdict_id in sorted(set(_standing_verdicts(session, bulk_id)).intersection(verdict_ids)):
        corrections.take_back(session, verdict_id, actor, is_bulk=True)


def _standing_verdicts(session: Session, bulk_id: int) -> list[int]:
    return [verdict_id for verdict_id, correction in _made(session, bulk_id) if correction.state in SHOWN]


def _made(session: Session, bulk_id: int) -> list[tuple[int, Correction]]:
    rows = select(Correction.verdict_id, Correction).join(BulkCorrection, BulkCorrection.correction_id == Correction.id)
    return [(row[0], row[1]) for row in session.execute(rows.where(BulkCorrection.bulk_id == bulk_id))]


def _note(session: Session, actor: str, verdict_ids: Sequence[int], detail: str) -> None:
    chats = select(Message.chat_id).join(Verdict, Verdict.message_id == Message.id).where(Verdict.id.in_(verdict_ids))
    for chat_id, n in sorted(Counter(session.scalars(chats)).items()):
        audit.note(session, actor, WHAT, f"{n} messages: {detail}", chat_id)
