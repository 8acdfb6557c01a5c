"""Where a version's scores begin to mean something."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

LOWERED_AT_MOST = 2.5  # log-odds by which what is known of an author lowers a threshold


@dataclass(frozen=True)
class Thresholds:
    """Where a version's scores begin to mean something, both chosen on validation data."""

    review: float  # is_spam begins here
    act: float  # acting without a moderator begins here, in a chat of ordinary strictness
    act_by_strictness: dict[str, float] = field(default_factory=dict)  # the same for each strictness a chat may choose
    by_chat: dict[str, Thresholds] = field(default_factory=dict)  # by chat_id, where the chat's own ham was measured

    def __post_init__(self) -> None:
        for act in (self.act, *self.act_by_strictness.values()):
            if not 0.0 <= self.review <= act <= 1.0:
                raise ValueError(f"thresholds must be 0 <= review <= act <= 1, not {self.review} and {act}")

    def of(self, chat_id: int) -> Thresholds:
        """The chat's own, or else those of all chats."""
        return self.by_chat.get(str(chat_id), self)

    def lowest(self, lowered: float) -> float:
        """The log-odds under which no chat flags a text, where what is known of authors lowers thresholds by so much at most.

        Minus infinity where all is flagged.
        """
        review = min([self.review, *(own.review for own in self.by_chat.values())])
        return log_odds(review) - lowered

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Thresholds:
        """The inverse of asdict. Raises ValueError or TypeError on anything else."""
        own = {chat: cls.read(thresholds) for chat, thresholds in stored.get("by_chat", {}).items()}
        return cls(**{**stored, "by_chat": own})

    def act_at(self, strictness: str) -> float:
        """Where acting begins in a chat of that strictness; the ordinary threshold where this version has none for it."""
        return self.act_by_strictness.get(strictness, self.act)


def log_odds(share: float) -> float:
    """Log-odds of a share from 0 to 1; infinite at its ends."""
    if share in (0.0, 1.0):
        return math.inf if share else -math.inf
    return math.log(share / (1 - share))


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0
