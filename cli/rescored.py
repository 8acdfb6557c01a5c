"""A stored message scored once more: the verdict of then, the score of now, what moderators decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storage.models import CorrectionState
from storage.moderation.verdicts import JudgedMessage

COLUMNS = (
    "sent_at",
    "chat",
    "verdict_id",
    "then_version",
    "then_score",
    "then_is_spam",
    "version",
    "score",
    "is_spam",
    "moderator_says_spam",
    "text",
)


@dataclass(frozen=True)
class Rescored:
    """A message with its verdict of then and the version's score of now; None where the version gives no score.

    The author's standing of then moves the thresholds of both.
    """

    past: JudgedMessage
    score: float | None
    is_spam: bool

    @property
    def differs(self) -> bool:
        """Whether the version takes the other side."""
        return self.score is not None and self.is_spam != self.past.is_spam

    @property
    def decision(self) -> bool | None:
        """Whether a moderator has called it spam since; None where nobody decided."""
        accepted = (c.is_spam for c in self.past.corrections if c.state == CorrectionState.ACCEPTED)
        return next(accepted, None)

    def counts(self) -> Iterator[str]:
        """The names of the counts that the message belongs to."""
        if self.score is None:
            yield "without a score"
            return
        yield "judged"
        if self.differs:
            yield "only now" if self.is_spam else "only then"
        elif self.is_spam:
            yield "both"
        if self.decision is not None:
            yield "decided"
            yield from ["right then"] * (self.past.is_spam == self.decision)
            yield from ["right now"] * (self.is_spam == self.decision)

    def row(self, version: str) -> dict[str, Any]:
        """Its line in an exported file, with COLUMNS as keys."""
        past = self.past
        return {
            "sent_at": past.sent_at.isoformat(),
            "chat": past.chat_title,
            "verdict_id": past.verdict_id,
            "then_version": past.model_version,
            "then_score": round(past.score, 6),
            "then_is_spam": past.is_spam,
            "version": version,
            "score": None if self.score is None else round(self.score, 6),
            "is_spam": self.is_spam,
            "moderator_says_spam": self.decision,
            "text": past.text,
        }
