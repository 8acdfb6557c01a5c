"""A chat in figures: what was judged, what moderators made of it, what waits, who judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Chat, Correction, CorrectionState, Message, Run, RunState, Verdict, now
from storage.odds import NEWCOMER_AT_MOST, moved, shifted
from storage.queries import inbox, versions

WINDOW = timedelta(days=7)
REPLAYED = timedelta(days=30)


@dataclass(frozen=True)
class Status:
    """The last seven days of a chat, and the state of the whole."""

    judged: int
    flagged: int
    confirmed: int
    wrong: int
    waiting: int
    model: str | None
    has_files: bool  # of that version
    learned_at: datetime | None


@dataclass(frozen=True)
class Consequence:
    """What a threshold would have done to the last seven days."""

    judged: int
    removed: int
    wrongly: int


def of_chat(session: Session, chat: Chat, has_files: Callable[[str], bool] = lambda _: True) -> Status:
    """Counts of champions' verdicts, each message's words once by each that judged them.

    `has_files` says whether a version's files are there.
    """
    there = (Message.chat_id == chat.id) & ~Verdict.is_shadow & (Verdict.created_at > now() - WINDOW)
    verdicts = select(func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict).join(Verdict.message)
    judged, flagged = session.execute(verdicts.where(there)).one()
    said = (
        select(func.count().filter(Correction.is_spam), func.count().filter(~Correction.is_spam & Verdict.is_spam))
        .select_from(Correction)
        .join(Correction.verdict)
        .join(Verdict.message)
    )
    confirmed, wrong = session.execute(said.where(there, Correction.state == CorrectionState.ACCEPTED)).one()
    champion = versions.champion(session)
    learned_at = session.scalars(select(func.max(Run.ended_at)).where(Run.state == RunState.DONE)).one()
    return Status(
        judged, flagged, confirmed, wrong, inbox.waiting(session), champion.name if champion else None,
        champion is None or has_files(champion.name), learned_at,
    )  # fmt: skip


def consequence(session: Session, chat: Chat, act_threshold: float) -> Consequence:
    """Of the last week's verdicts of the version that serves: how many reach that threshold, how many of them wrongly.

    The threshold is the version's own; each author's standing of then moves it as it moved the version's.
    """
    champion = versions.champion(session)
    there = (Message.chat_id == chat.id) & ~Verdict.is_shadow & (Verdict.created_at > now() - WINDOW)
    there &= Verdict.model_version_id == (champion.id if champion else 0)
    judged = session.scalars(select(func.count()).select_from(Verdict).join(Verdict.message).where(there)).one()
    wrong = select(Correction.verdict_id).where(
        Correction.state == CorrectionState.ACCEPTED, Correction.is_spam.is_(False)
    )
    near = select(Verdict.score, Verdict.review_threshold, Verdict.id.in_(wrong)).join(Verdict.message).where(there)
    near = near.where(Verdict.score >= shifted(act_threshold, -NEWCOMER_AT_MOST))  # no standing moves it further down
    meant = champion.review_threshold if champion else 0.0
    removed = [
        is_wrong
        for score, stored, is_wrong in session.execute(near)
        if score >= shifted(act_threshold, moved(meant, stored))
    ]
    return Consequence(judged, len(removed), sum(removed))


def replay(session: Session, chat: Chat) -> Consequence:
    """What acting without asking would have done in the last 30 days: the newest verdict on each message, at its own threshold."""
    newest = select(func.max(Verdict.id)).join(Verdict.message).where(Message.chat_id == chat.id, ~Verdict.is_shadow)
    newest = newest.where(Verdict.created_at > now() - REPLAYED).group_by(Verdict.message_id)
    is_removed = Verdict.score >= Verdict.act_threshold
    wrong = select(Correction.verdict_id).where(
        Correction.state == CorrectionState.ACCEPTED, Correction.is_spam.is_(False)
    )
    counts = select(
        func.count(), func.count().filter(is_removed), func.count().filter(is_removed & Verdict.id.in_(wrong))
    )
    return Consequence(*session.execute(counts.where(Verdict.id.in_(newest))).one())
