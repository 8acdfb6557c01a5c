"""The chats that are moderated, with what each has chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import chat_settings
from storage.models.base import Base, Id, now, words
from storage.models.chat_settings import ChatSettings
from storage.models.words import Mode, Platform, Strictness
from storage.types import AnyText, Name


class Chat(Base):
    """A chat and its settings: a Telegram group, or one on the web."""

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform: Mapped[Platform] = mapped_column(words(Platform))
    external_id: Mapped[int] = mapped_column(BigInteger)  # the platform's own id
    title: Mapped[str] = mapped_column(Name)
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.TRAINING)
    strictness: Mapped[Strictness] = mapped_column(
        words(Strictness), default=Strictness.NORMAL, server_default=Strictness.NORMAL
    )
    moderators_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(8), default="en", server_default="en")
    standing_after: Mapped[int] = mapped_column(default=5, server_default="5")  # clean messages
    sees_joins_since: Mapped[datetime | None]  # Telegram reports who joins from then on; None where it does not
    has_comments: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # on a channel's posts: people write without joining
    reports_needed: Mapped[int] = mapped_column(default=2, server_default="2")
    reports_an_hour: Mapped[int] = mapped_column(default=10, server_default="10")  # by one member
    paused_at: Mapped[datetime | None]  # from then on only moderators act
    paused_because: Mapped[str | None] = mapped_column(AnyText)
    history_settled_until: Mapped[
        datetime | None
    ]  # what was sent until then had stood for two days when it was exported
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # read through `chosen`
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def chosen(self) -> ChatSettings:
        """What the chat has chosen beyond the columns here."""
        return chat_settings.read(self.settings)
