"""What the address of a page selects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from storage.models import now
from storage.views import trends
from storage.views.queue import Order, QueueQuery, Show

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = 1970, 9_000  # years that databases can compare with

RowId = Annotated[int, Field(ge=1, lt=2**63)]


class QueueFilter(BaseModel):
    """What the queue shows, and in which order. A word that is none of the choices means the default."""

    model_config = ConfigDict(frozen=True)

    show: Show = Show.OPEN
    order: Order = Order.NEWEST
    chat: int | None = None
    model: str = ""
    differs: bool = False
    reported: bool = False
    edited: bool = False
    days: int | None = None  # judged in the last so many days
    week: date | None = None  # judged in the week of this day
    q: str = Field("", max_length=200)
    before: int | None = None

    @field_validator("show", mode="before")
    @classmethod
    def _valid_show(cls, word: Any) -> Any:
        return word if word in set(Show) else Show.OPEN

    @field_validator("order", mode="before")
    @classmethod
    def _valid_order(cls, word: Any) -> Any:
        return word if word in set(Order) else Order.NEWEST

    @field_validator("days", mode="before")
    @classmethod
    def _days(cls, word: Any) -> int | None:
        text = str(word or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None

    @field_validator("week", mode="before")
    @classmethod
    def _day(cls, word: Any) -> date | None:
        try:
            day = date.fromisoformat(str(word or ""))
        except ValueError:
            return None
        return day if EARLIEST <= day.year <= LATEST else None

    @field_validator("chat", "before", mode="before")
    @classmethod
    def _number(cls, word: Any) -> int | None:
        text = str(word or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def within(self, chats: tuple[int, ...] | None) -> QueueQuery:
        """The same for storage, limited to the chats that somebody may see; None for all chats."""
        since, until = trends.bounds(self.week) if self.week else (None, None)
        if self.days:
            since = max(since or EPOCH, now() - timedelta(days=self.days))
        query = (self.show, self.order, chats, self.chat, self.model, self.differs, self.reported, self.edited, self.q)
        return QueueQuery(*query, since, until)

    @property
    def query(self) -> str:
        """The filters as a form carries them."""
        return urlencode({"show": self.show.value} | self._chosen())

    def _chosen(self) -> dict[str, str]:
        chosen = self.model_dump(mode="json", exclude_defaults=True, exclude={"show", "before"})
        return {name: str(value) for name, value in chosen.items()}

    def url(self, **changes: Any) -> str:
        """The queue's address with these filters and changes; its first page unless `before` is given."""
        other = self.model_copy(update={"before": None} | changes)
        page = {"before": str(other.before)} if other.before else {}
        return f"/review?{urlencode({'show': other.show.value} | other._chosen() | page)}"

    @property
    def narrows(self) -> bool:
        """Whether anything is chosen besides the tab."""
        return bool(self._chosen())
