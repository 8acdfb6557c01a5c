"""What a page's address asks for."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from storage.queries.queue import Order, Show, Wanted

RowId = Annotated[int, Field(ge=1, lt=2**63)]


class Asked(BaseModel):
    """The queue's filters and order. What is no such word means the usual one."""

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
    def _known_show(cls, word: Any) -> Any:
        return word if word in set(Show) else Show.OPEN

    @field_validator("order", mode="before")
    @classmethod
    def _known_order(cls, word: Any) -> Any:
        return word if word in set(Order) else Order.NEWEST

    @field_validator("chat", "before", mode="before")
    @classmethod
    def _number(cls, word: Any) -> int | None:
        text = str(word or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def wanted(self, chats: tuple[int, ...] | None) -> Wanted:
        """The same as storage understands it, within the chats somebody may see."""
        return Wanted(
            self.show, self.order, chats, self.chat, self.model, self.differs, self.reported, self.edited, self.q
        )

    @property
    def query(self) -> str:
        """The filters as a form carries them."""
        return urlencode({"show": self.show.value} | self._chosen())

    def _chosen(self) -> dict[str, str]:
        said = self.model_dump(mode="json", exclude_defaults=True, exclude={"show", "before"})
        return {name: str(value) for name, value in said.items()}

    def url(self, **changes: Any) -> str:
        """The queue asked for so, with changes; without a page, the first."""
        other = self.model_copy(update={"before": None} | changes)
        page = {"before": str(other.before)} if other.before else {}
        return f"/review?{urlencode({'show': other.show.value} | other._chosen() | page)}"

    @property
    def narrows(self) -> bool:
        """Whether more is asked for than a tab."""
        return bool(self._chosen())
