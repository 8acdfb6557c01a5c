"""What goes over the wire: requests, refused unless they are exactly this, and answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from storage.formats import LONGEST_TEXT
from storage.models import Correction, CorrectionState, MessageState, ModelVersion, VersionState
from storage.queries import versions
from storage.queries.figures import Quality
from storage.queries.judged import Judged
from storage.queries.messages import Heard
from storage.types import storable

MOST_MESSAGES = 256
LONGEST_DEADLINE_MS = 10_000
PAGE = 50
LARGEST_ID = 2**53 - 1  # the largest that JSON readers count exactly; no table is so long
ADDRESS = "/api/v1"


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    """1.0 is an integer in JSON Schema, and in JSON itself there is no difference."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _moment(value: Any) -> Any:
    """A date and a time with a zone, as RFC 3339 has them; a bare number or a day alone is refused."""
    if not isinstance(value, str) or len(value) < len("2026-01-01T00:00Z") or value[10] not in "Tt ":
        raise ValueError("has to be a date and a time with a zone, such as 2026-01-31T12:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("has to name its zone, such as Z or +02:00")
    try:
        return value.astimezone(UTC)
    except OverflowError:  # within a day of the first or the last there is
        return value.replace(tzinfo=UTC)


RowId = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_whole)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), BeforeValidator(_storable)]
Label = Literal["spam", "ham"]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Before = Annotated[RowId | None, Query(description="The `next` of the page before")]


class Asked(BaseModel):
    """A request's body: nothing unknown, and no string where a number is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewMessage(Asked):
    text: Text = Field(examples=["You won a prize, call now"])
    id: Annotated[str, Field(min_length=1, max_length=128), BeforeValidator(_storable)] | None = Field(
        default=None,
        description="Your own id of the message: sent again with the same text, it is the same message",
        examples=["forum-post-17"],
    )
    author_name: Annotated[str, Field(max_length=256), BeforeValidator(_storable)] = Field(
        default="", examples=["Ann"], description="Shown to moderators"
    )


Deadline = Annotated[
    int,
    Field(ge=0, le=LONGEST_DEADLINE_MS, description="How long to wait for verdicts before the answer is 202"),
    BeforeValidator(_whole),
]


class ClassifyOne(NewMessage):
    deadline_ms: Deadline = 2_000


class ClassifyMany(Asked):
    messages: list[NewMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    deadline_ms: Deadline = 2_000


class NewCorrection(Asked):
    verdict_id: RowId = Field(examples=[17])
    is_spam: bool = Field(examples=[False])


class CorrectionAnswer(BaseModel):
    id: int
    verdict_id: int
    actor_name: str
    is_spam: bool
    state: CorrectionState
    created_at: datetime

    @classmethod
    def of(cls, row: Correction) -> Self:
        return cls.model_validate(row, from_attributes=True)


class VerdictAnswer(BaseModel):
    id: int = Field(examples=[17])
    message_id: int
    score: float = Field(description="Probability of spam", examples=[0.97])
    review_threshold: float
    act_threshold: float
    is_spam: bool
    model_version: str = Field(examples=["v3"])
    corrections: list[CorrectionAnswer]

    @classmethod
    def of(cls, judged: Judged) -> Self:
        return cls(
            id=judged.verdict_id, message_id=judged.message_row_id, score=judged.score,
            review_threshold=judged.review_threshold, act_threshold=judged.act_threshold, is_spam=judged.is_spam,
            model_version=judged.model_version, corrections=[CorrectionAnswer.of(row) for row in judged.corrections],
        )  # fmt: skip


class MessageAnswer(BaseModel):
    id: int = Field(examples=[42])
    state: MessageState
    error: str | None
    chat_id: int
    chat: str
    author_name: str
    text: str
    received_at: datetime
    link: str = Field(description="Where this message can be asked for again", examples=[f"{ADDRESS}/messages/42"])
    verdict: VerdictAnswer | None = Field(description="None until the message is judged")

    @classmethod
    def of(cls, heard: Heard) -> Self:
        return cls(
            id=heard.id, state=heard.state, error=heard.error, chat_id=heard.chat_id, chat=heard.chat_title,
            author_name=heard.author_name, text=heard.text, received_at=heard.received_at,
            link=f"{ADDRESS}/messages/{heard.id}", verdict=VerdictAnswer.of(heard.verdict) if heard.verdict else None,
        )  # fmt: skip


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
    gate: str = Field(description="What the gate made of it", examples=["passed"])
    metrics: dict[str, Any]

    @classmethod
    def of(cls, row: ModelVersion) -> Self:
        names = ("name", "state", "review_threshold", "act_threshold", "created_at", "promoted_at", "promoted_by")
        return cls(**{name: getattr(row, name) for name in names}, gate=versions.gate_word(row), metrics=row.metrics)


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
    new: int = Field(description="Texts that were not known; they are judged, then learned from")
    known: int = Field(description="Texts that were here with the same label")
    relabelled: int = Field(description="Texts that were here with the other label; the new one counts")
    refused: int = Field(description="Lines that hold no sample")
    errors: list[Refused] = Field(description="The first 1,000 of those lines")
