"""What is known of pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, now, partial_index, words
from storage.models.moderation import Message
from storage.models.words import PictureState
from storage.types import AnyText


class Picture(Base):
    """A message's picture where its chat reads pictures or knows them again: the words in it, and its perceptual hash."""

    __tablename__ = "pictures"
    __table_args__ = (
        partial_index("ix_pictures_waiting", "message_id", where="state = 'waiting'"),
        partial_index("ix_pictures_decided", "decided_at", where="decided_at IS NOT NULL"),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    state: Mapped[PictureState] = mapped_column(words(PictureState), default=PictureState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(AnyText, default="")  # all that was read in it
    added: Mapped[str] = mapped_column(AnyText, default="")  # of these, what stands below the message's own text
    perceptual_hash: Mapped[str | None] = mapped_column(
        String(64)
    )  # NULL also where the picture shows too little to be told apart
    error: Mapped[str | None] = mapped_column(AnyText)
    decided_at: Mapped[datetime | None]  # when a moderator last decided something about its message
    created_at: Mapped[datetime] = mapped_column(default=now)
