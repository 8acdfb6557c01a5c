"""How a score becomes a verdict: by which version and thresholds, and whether a moderator shall see it by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from storage.models import Message, MessageState, Standing, Strictness, Verdict
from storage.odds import NEUTRAL, Shifts, shifted

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
class OwnThresholds:
    """The thresholds of one chat whose own ham was measured."""

    review: float
    act: float  # at ordinary strictness
    act_by_strictness: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Judge:
    """The model version that judged, its thresholds, how far they move by the author's standing, the share of its ham
    that is drawn for audit, and the thresholds of chats, by their rows, that have their own.
    """

    model_version_id: int
    review_threshold: float
    act_threshold: float  # in a chat of ordinary strictness
    act_by_strictness: Mapping[str, float] = field(default_factory=dict)
    audit_share: float = 0.0
    shifts: Shifts = field(default_factory=lambda: NEUTRAL)
    by_chat: Mapping[int, OwnThresholds] = field(default_factory=dict)

    def thresholds(self, chat_id: int, strictness: Strictness, standing: Standing) -> tuple[float, float]:
        """`review` and `act` in that chat, of that strictness, for an author of that standing."""
        shift = self.shifts.get(standing, 0.0)
        everybodys = OwnThresholds(self.review_threshold, self.act_threshold, self.act_by_strictness)
        held = self.by_chat.get(chat_id, everybodys)
        return shifted(held.review, shift), shifted(held.act_by_strictness.get(strictness, held.act), shift)


def made(message: Message, judge: Judge, score: float, strictness: Strictness, standing: Standing) -> Verdict:
    """The champion's verdict on a message as it stands, in a chat of that strictness, by an author of that standing."""
    review, act = judge.thresholds(message.chat_id, strictness, standing)
    is_spam = score >= review
    return Verdict(
        message_id=message.id,
        edit=message.edit,
        model_version_id=judge.model_version_id,
        score=score,
        review_threshold=review,
        act_threshold=act,
        standing=standing,
        is_spam=is_spam,
        is_audited=not is_spam and is_drawn(message.id, message.edit, judge.audit_share),
    )


def is_drawn(message_id: int, edit: int, share: float) -> bool:
    """Whether this edit of a message is among the share, 0 to 1, that is drawn for audit: always the same answer."""
    drawn = blake2b(f"{message_id}:{edit}".encode(), digest_size=DRAW_BITS // 8, key=DRAW_KEY).digest()
    return int.from_bytes(drawn) < share * (1 << DRAW_BITS)
