"""Statistics of the champion: how moderators decided on what it flagged and passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session

from storage.access.chats import IMPORTED
from storage.intervals import wilson
from storage.models import Correction, CorrectionState, Message, Verdict


@dataclass(frozen=True)
class Quality:
    """Verdicts of champions since a moment; in moderators' decisions each message counts once."""

    judged: int
    flagged: int
    confirmed: int  # flagged, and a moderator says spam
    false_positives: int  # flagged, and a moderator says it is not spam
    missed_spam: int  # not flagged, and a moderator says spam

    @property
    def precision(self) -> float | None:
        decided = self.confirmed + self.false_positives
        return self.confirmed / decided if decided else None

    @property
    def precision_interval(self) -> tuple[float, float] | None:
        """The bounds of the 95 % score interval (Wilson)."""
        share = wilson(self.confirmed, self.confirmed + self.false_positives)
        return (share.low, share.high) if share else None


def quality(session: Session, since: datetime, chat_id: int | None = None) -> Quality:
    """The statistics of one chat, or of all, of verdicts that no chat's own rule decided; imported samples count only in their own chat."""
    there = ~Verdict.is_shadow & Verdict.rule.is_(None) & (Verdict.created_at >= since)
    there &= ~IMPORTED if chat_id is None else Message.chat_id == chat_id
    counted = select(func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict)
    judged, flagged = session.execute(counted.join(Verdict.message).join(Message.chat).where(there)).one()
    decisions = (
        select(
            _messages(Verdict.is_spam & Correction.is_spam),
            _messages(Verdict.is_spam & ~Correction.is_spam),
            _messages(~Verdict.is_spam & Correction.is_spam),
        )
        .select_from(Correction)
        .join(Correction.verdict)
        .join(Verdict.message)
        .join(Message.chat)
        .where(there, Correction.state == CorrectionState.ACCEPTED)
    )
    return Quality(judged, flagged, *session.execute(decisions).one())


def _messages(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((which, Verdict.message_id))))
