"""The bodies of the API's answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from review.api.schemas import ADDRESS
from storage.learning import track_record
from storage.models import Correction, CorrectionState, MessageState, ModelVersion, Standing, VersionState
from storage.moderation.verdicts import JudgedMessage
from storage.views.champion_quality import Quality
from storage.views.messages import ReceivedMessage


class CorrectionAnswer(BaseModel):
    id: int
    verdict_id: int
    actor_name: str
    is_spam: bool
    state: CorrectionState
    note: str | None = Field(default=None, description="Why, for the next moderator")
    created_at: datetime

    @classmethod
    def of(cls, row: Correction) -> Self:
        return cls.model_validate(row, from_attributes=True)


class VerdictAnswer(BaseModel):
    id: int = Field(examples=[17])
    message_id: int
    score: float = Field(description="Probability of spam, from the text alone", examples=[0.97])
    standing: Standing = Field(
        description="What was known about the author, which moves both thresholds; unknown for a program's own messages",
        examples=["good"],
    )
    script: str | None = Field(
        description="The script of a newcomer's text, as Unicode names it, where the chat lets it count and hardly anybody "
        "there writes in it",
        examples=["CYRILLIC"],
    )
    script_weight: float = Field(
        description="What that script counts for, in log-odds of spam; both thresholds are lower by it"
    )
    score_without_names: float | None = Field(
        description="Probability of spam of the words alone, where the author's name or username was read with them"
    )
    review_threshold: float = Field(description="Where is_spam begins, for an author of this standing", examples=[0.93])
    act_threshold: float = Field(description="From where a chat may let hamlet act by itself", examples=[0.995])
    is_spam: bool
    model_version: str = Field(examples=["v3"])
    corrections: list[CorrectionAnswer]

    @classmethod
    def of(cls, judged: JudgedMessage) -> Self:
        return cls(
            id=judged.verdict_id,
            message_id=judged.message_row_id,
            score=judged.score,
            standing=judged.standing,
            script=judged.script,
            script_weight=judged.script_weight,
            score_without_names=judged.score_without_names,
            review_threshold=judged.review_threshold,
            act_threshold=judged.act_threshold,
            is_spam=judged.is_spam,
            model_version=judged.model_version,
            corrections=[CorrectionAnswer.of(row) for row in judged.corrections],
        )


class MessageAnswer(BaseModel):
    id: int = Field(examples=[42])
    state: MessageState
    error: str | None
    chat_id: int
    chat: str
    author_name: str
    text: str
    received_at: datetime
    link: str = Field(description="Where this message can be fetched again", examples=[f"{ADDRESS}/messages/42"])
    verdict: VerdictAnswer | None = Field(description="None until the message is judged")

    @classmethod
    def of(cls, message: ReceivedMessage) -> Self:
        return cls(
            id=message.id,
            state=message.state,
            error=message.error,
            chat_id=message.chat_id,
            chat=message.chat_title,
            author_name=message.author_name,
            text=message.text,
            received_at=message.received_at,
            link=f"{ADDRESS}/messages/{message.id}",
            verdict=VerdictAnswer.of(message.verdict) if message.verdict else None,
        )


class ManyAnswers(BaseModel):
    messages: list[MessageAnswer] = Field(description="In the order of the request")


class MessagePage(BaseModel):
    messages: list[MessageAnswer]
    next: int | None = Field(description="`before` of the next page; None on the last one")


class VerdictPage(BaseModel):
    verdicts: list[VerdictAnswer]
    next: int | None = Field(description="`before` of the next page; None on the last one")


class VersionAnswer(BaseModel):
    name: str = Field(examples=["v3"])
    state: VersionState
    review_threshold: float
    act_threshold: float
    created_at: datetime
    promoted_at: datetime | None
    promoted_by: str | None
    gate: str = Field(description="The gate's decision", examples=["passed"])
    metrics: dict[str, Any]

    @classmethod
    def of(cls, row: ModelVersion) -> Self:
        names = ("name", "state", "review_threshold", "act_threshold", "created_at", "promoted_at", "promoted_by")
        return cls(
            **{name: getattr(row, name) for name in names}, gate=track_record.gate_decision(row), metrics=row.metrics
        )


class Versions(BaseModel):
    models: list[VersionAnswer]


class Interval(BaseModel):
    low: float = Field(examples=[0.93])
    high: float = Field(examples=[0.995])


class QualityAnswer(BaseModel):
    since: datetime
    judged: int
    flagged: int
    confirmed: int = Field(description="Flagged, and a moderator says spam")
    false_positives: int = Field(description="Flagged, and a moderator says it is not spam")
    missed_spam: int = Field(description="Not flagged, and a moderator says spam")
    precision: float | None = Field(description="Of the flagged messages that were decided", examples=[0.98])
    precision_interval: Interval | None = Field(description="95 % score interval (Wilson)")

    @classmethod
    def of(cls, since: datetime, quality: Quality) -> Self:
        bounds = quality.precision_interval
        interval = Interval(low=bounds[0], high=bounds[1]) if bounds else None
        return cls(since=since, **vars(quality), precision=quality.precision, precision_interval=interval)


class Refused(BaseModel):
    line: int
    reason: str = Field(examples=["the label is neither spam nor ham"])


class ImportAnswer(BaseModel):
    new: int = Field(description="New texts; they are judged, then learned from")
    known: int = Field(description="Texts that were here with the same label")
    relabelled: int = Field(description="Texts that were here with the other label; the new one counts")
    refused: int = Field(description="Lines that hold no sample")
    errors: list[Refused] = Field(description="The first 1,000 of those lines")
