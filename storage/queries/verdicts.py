"""How a score becomes a verdict: by which version and thresholds, and whether a moderator shall see it by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from storage.models import Message, MessageState, Strictness, Verdict

DRAW_KEY = b"hamlet audit"  # keeps this draw independent of any other that hashes the same numbers
DRAW_BITS = 48  # a float holds such a number exactly


@dataclass(frozen=True)
class Judgement:
    """What became of one claimed message: a score, or the state and the reason why it has none."""

    id: int
    edit: int
    score: float | None
    state: MessageState | None = None
    error: str | None = None


@dataclass(frozen=True)
class Judge:
    """The model version that judged, the thresholds used, and the share of its ham that is drawn for audit."""

    model_version_id: int
    review_threshold: float
    act_threshold: float  # in a chat of ordinary strictness
    act_by_strictness: Mapping[str, float] = field(default_factory=dict)
    audit_share: float = 0.0

    def act_at(self, strictness: Strictness) -> float:
        return self.act_by_strictness.get(strictness, self.act_threshold)


def made(message: Message, judge: Judge, score: float, strictness: Strictness) -> Verdict:
    """The champion's verdict on a message as it stands, in a chat of that strictness."""
    is_spam = score >= judge.review_threshold
    return Verdict(
        message_id=message.id,
        edit=message.edit,
        model_version_id=judge.model_version_id,
        score=score,
        review_threshold=judge.review_threshold,
        act_threshold=judge.act_at(strictness),
        is_spam=is_spam,
        is_audited=not is_spam and is_drawn(message.id, message.edit, judge.audit_share),
    )


def is_drawn(message_id: int, edit: int, share: float) -> bool:
    """Whether this edit of a message is among the share, 0 to 1, that is drawn for audit: always the same answer."""
    drawn = blake2b(f"{message_id}:{edit}".encode(), digest_size=DRAW_BITS // 8, key=DRAW_KEY).digest()
    return int.from_bytes(drawn) < share * (1 << DRAW_BITS)
