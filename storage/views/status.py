"""A chat's statistics: what was judged, how moderators decided, what waits, and which version serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.learning import versions
from storage.models import Chat, Correction, CorrectionState, Message, Run, RunState, Verdict, now
from storage.moderation import inbox
from storage.odds import NEWCOMER_AT_MOST, moved, shifted

WINDOW = timedelta(days=7)
REPLAYED = timedelta(days=30)


@dataclass(frozen=True)
class Status:
    """A chat's last seven days, and the state of the whole deployment."""

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
    """What a threshold would have done: messages judged, removed, and removed wrongly."""

    judged: int
    removed: int
    wrongly: int


def of_chat(session: Session, chat: Chat, has_files: Callable[[str], bool] = lambda _: True) -> Status:
    """The status of a chat; counts are of champions' verdicts. `has_files` says whether a version's files exist."""
    there = (Message.chat_id == chat.id) & ~Verdict.is_shadow & (Verdict.created_at > now() - WINDOW)
    verdicts = select(func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict).join(Verdict.message)
    judged, flagged = session.execute(verdicts.where(there)).one()
    decisions = (
        select(func.count().filter(Correction.is_spam), func.count().filter(~Correction.is_spam & Verdict.is_spam))
        .select_from(Correction)
        .join(Correction.verdict)
        .join(Verdict.message)
    )
    confirmed, wrong = session.execute(decisions.where(there, Correction.state == CorrectionState.ACCEPTED)).one()
    champion = versions.champion(session)
    learned_at = session.scalars(select(func.max(Run.ended_at)).where(Run.state == RunState.DONE)).one()
    return Status(
        judged=judged,
        flagged=flagged,
        confirmed=confirmed,
        wrong=wrong,
        waiting=inbox.waiting(session),
        model=champion.name if champion else None,
        has_files=champion is None or has_files(champion.name),
        learned_at=learned_at,
    )


def consequence(session: Session, chat: Chat, act_threshold: float) -> Consequence:
    """What a threshold for first messages would have removed of the champion's verdicts of the last seven days.

    Each author's standing at the time moves it as it moved the version's own threshold.
    """
    champion = versions.champion(session)
    there = (Message.chat_id == chat.id) & ~Verdict.is_shadow & (Verdict.created_at > now() - WINDOW)
    there &= Verdict.model_version_id == (champion.id if champion else 0)
    judged = session.scalars(select(func.count()).select_from(Verdict).join(Verdict.message).where(there)).one()
    near = (
        select(Verdict.score, Verdict.review_threshold, Verdict.id.in_(_decided_ham()))
        .join(Verdict.message)
        .where(there)
    )
    near = near.where(
        Verdict.score >= shifted(act_threshold, -NEWCOMER_AT_MOST)
    )  # no standing moves a threshold further down
    meant = champion.review_threshold if champion else 0.0
    removed = [
        is_wrong
        for score, stored, is_wrong in session.execute(near)
        if score >= shifted(act_threshold, moved(meant, stored))
    ]
    return Consequence(judged, len(removed), sum(removed))


def replay(session: Session, chat: Chat) -> Consequence:
    """What acting without asking would have removed in the last 30 days, by each message's newest verdict."""
    newest = select(func.max(Verdict.id)).join(Verdict.message).where(Message.chat_id == chat.id, ~Verdict.is_shadow)
    newest = newest.where(Verdict.created_at > now() - REPLAYED).group_by(Verdict.message_id)
    is_removed = Verdict.score >= Verdict.act_threshold
    is_wrong = is_removed & Verdict.id.in_(_decided_ham())
    counts = select(func.count(), func.count().filter(is_removed), func.count().filter(is_wrong))
    return Consequence(*session.execute(counts.where(Verdict.id.in_(newest))).one())


def _decided_ham() -> Select[int]:
    """The verdicts that moderators corrected to ham."""
    corrections = select(Correction.verdict_id).where(Correction.state == CorrectionState.ACCEPTED)
    return corrections.where(Correction.is_spam.is_(False))
