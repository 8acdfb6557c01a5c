"""What programs may send: anything else is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from storage.formats import LONGEST_TEXT
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


class RequestBody(BaseModel):
    """A request's body: unknown fields are refused, and so is a string where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewMessage(RequestBody):
    text: Text = Field(examples=["FREE USDT AIRDROP, connect your wallet"])
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


class ClassifyMany(RequestBody):
    messages: list[NewMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    deadline_ms: Deadline = 2_000


class NewCorrection(RequestBody):
    verdict_id: RowId = Field(examples=[17])
    is_spam: bool = Field(examples=[False])
    note: Annotated[str, Field(max_length=500), BeforeValidator(_storable)] = Field(
        default="", description="Why, for the next moderator", examples=["advertises a group of its own"]
    )
