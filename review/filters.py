"""What the address of a page selects."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from storage.views.queue import Order, QueueQuery, Show

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

    @field_validator("chat", "before", mode="before")
    @classmethod
    def _number(cls, word: Any) -> int | None:
        text = str(word or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def within(self, chats: tuple[int, ...] | None) -> QueueQuery:
        """The same for storage, limited to the chats that somebody may see; None for all chats."""
        return QueueQuery(
            self.show, self.order, chats, self.chat, self.model, self.differs, self.reported, self.edited, self.q
        )

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
