"""What a policy is asked about, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass

from storage.models import Chat, ChatSettings, Message, Standing


@dataclass(slots=True)
class NewVerdict:
    """The champion's verdict on a message at one edit. Once it is stored it has its `id`."""

    message_id: int
    edit: int
    score: float
    review_threshold: float
    act_threshold: float
    standing: Standing
    rule: str | None
    script: str | None
    script_weight: float
    is_spam: bool
    is_audited: bool
    score_without_names: float | None = None
    id: int = 0


@dataclass(frozen=True)
class Judged:
    """A message with its new verdict, stored in this transaction."""

    verdict: NewVerdict
    message: Message
    chat: Chat


@dataclass(frozen=True)
class Subject:
    """A message about to be judged: its current words, its chat with what it has chosen, its author's standing there."""

    message: Message
    chat: Chat
    settings: ChatSettings
    standing: Standing


@dataclass(frozen=True)
class Opinion:
    """What the policies say of one message; the defaults say nothing."""

    is_spam: bool | None = None  # whatever its score: a rule flags it, or keeps it from being flagged
    rule: str | None = None  # which one
    hold: str | None = None  # why it is held until a moderator lets it in
    script: str | None = None  # in which a newcomer writes, and hardly anybody else there: evidence beside the score
    is_about_media: bool = False  # `is_spam` is about what it shows, so it holds without words too

    def and_then(self, later: Opinion) -> Opinion:
        """Both opinions; what this one says stands."""
        decided = self if self.is_spam is not None else later
        return Opinion(
            decided.is_spam,
            decided.rule,
            self.hold or later.hold,
            self.script or later.script,
            decided.is_about_media,
        )


SILENT = Opinion()
