"""Turns a score into a verdict: by the version's thresholds, the author's standing, and a random draw for the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from storage.models import Chat, MessageState, Standing, Strictness
from storage.moderation.policies.opinions import SILENT, NewVerdict, Opinion
from storage.odds import NEUTRAL, STRANGE_SCRIPT, Shifts, shifted

DRAW_KEY = b"hamlet audit"  # makes this draw independent of others over the same ids
DRAW_BITS = 48  # a float holds such numbers exactly


@dataclass(frozen=True)
class Judgement:
    """The outcome for one claimed message: a score, or the state and the reason for having none."""

    id: int
    edit: int
    score: float | None
    state: MessageState | None = None
    error: str | None = None
    score_without_names: float | None = None  # of the words alone, where the author's names were read with them


@dataclass(frozen=True)
class OwnThresholds:
    """The thresholds of a chat whose own ham was measured."""

    review: float
    act: float  # at ordinary strictness
    act_by_strictness: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoringVersion:
    """A model version as its verdicts need it.

    `shifts` says how far thresholds move by the author's standing, `audit_share` which share of the ham is drawn for
    the audit, and `by_chat` the thresholds of those chats (by row) that have their own.
    """

    model_version_id: int
    review_threshold: float
    act_threshold: float  # in a chat of ordinary strictness
    act_by_strictness: Mapping[str, float] = field(default_factory=dict)
    audit_share: float = 0.0
    shifts: Shifts = field(default_factory=lambda: NEUTRAL)
    by_chat: Mapping[int, OwnThresholds] = field(default_factory=dict)

    def thresholds(
        self, chat_id: int, strictness: Strictness, standing: Standing, evidence: float = 0.0
    ) -> tuple[float, float]:
        """`review` and `act` in that chat, of that strictness, for an author of that standing.

        `evidence` for spam, in log-odds, lowers both.
        """
        shift = self.shifts.get(standing, 0.0) - evidence
        common = OwnThresholds(self.review_threshold, self.act_threshold, self.act_by_strictness)
        thresholds = self.by_chat.get(chat_id, common)
        act = thresholds.act_by_strictness.get(strictness, thresholds.act)
        return shifted(thresholds.review, shift), shifted(act, shift)


def make(
    message_id: int,
    edit: int,
    chat: Chat,
    version: ScoringVersion,
    score: float,
    standing: Standing,
    opinion: Opinion = SILENT,
) -> NewVerdict:
    """The champion's verdict on a message (its row) at that edit, in its chat, for an author of that standing.

    The opinion of the chat's policies comes before the score.
    """
    evidence = STRANGE_SCRIPT if opinion.script is not None else 0.0
    review, act = version.thresholds(chat.id, chat.strictness, standing, evidence)
    is_spam = score >= review if opinion.is_spam is None else opinion.is_spam
    return NewVerdict(
        message_id=message_id,
        edit=edit,
        score=score,
        review_threshold=review,
        act_threshold=act,
        standing=standing,
        rule=opinion.rule,
        script=opinion.script,
        script_weight=evidence,
        is_spam=is_spam,
        is_audited=not is_spam and is_drawn(message_id, edit, version.audit_share),
    )


def is_drawn(message_id: int, edit: int, share: float) -> bool:
    """Whether this edit is in the share, 0 to 1, that is drawn for the audit; the answer is always the same."""
    drawn = blake2b(f"{message_id}:{edit}".encode(), digest_size=DRAW_BITS // 8, key=DRAW_KEY).digest()
    return int.from_bytes(drawn) < share * (1 << DRAW_BITS)
