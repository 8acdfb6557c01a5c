"""How well the champion judges, in figures: what moderators made of what it said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Message, Verdict
from storage.queries.chats import IMPORTED

Z_95 = 1.959964  # of the normal distribution: 95 % lie within


@dataclass(frozen=True)
class Quality:
    """Verdicts of champions since a moment; what moderators decided about them counts each message once."""

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
        return wilson(self.confirmed, self.confirmed + self.false_positives)


def quality(session: Session, since: datetime, chat_id: int | None = None) -> Quality:
    """The figures of one chat, or of all; imported samples count only where their own chat is asked for."""
    there = ~Verdict.is_shadow & (Verdict.created_at >= since)
    there &= ~IMPORTED if chat_id is None else Message.chat_id == chat_id
    counted = select(func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict)
    judged, flagged = session.execute(counted.join(Verdict.message).join(Message.chat).where(there)).one()
    said = (
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
    return Quality(judged, flagged, *session.execute(said).one())


def _messages(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((which, Verdict.message_id))))


def wilson(hits: int, trials: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson, 1927); None without trials."""
    if not trials:
        return None
    share, z2 = hits / trials, Z_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)
