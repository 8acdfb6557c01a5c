"""Stored messages that the present version is to judge once more, and those of them that it would flag."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, partial_index, words
from storage.models.chats import Chat
from storage.models.learning import ModelVersion
from storage.models.moderation import Message
from storage.models.words import Standing
from storage.types import AnyText, Name


class Rescan(Base):
    """A request to look at a chat's messages again; the worker fills it slice by slice, the newest message first."""

    __tablename__ = "rescans"
    __table_args__ = (
        partial_index("ix_rescans_waiting", "id", where="done_at IS NULL"),
        Index("ix_rescans_chat_id", "chat_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    days: Mapped[int]
    since: Mapped[datetime]  # messages received before are not looked at
    requested_by: Mapped[str] = mapped_column(Name)
    created_at: Mapped[datetime] = mapped_column(default=now)
    model_version_id: Mapped[int | None] = mapped_column(
        ForeignKey(ModelVersion.id)
    )  # that looks; None before it begins
    before_row: Mapped[int | None] = mapped_column(BigInteger)  # messages from this row on have been looked at
    scanned: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  # at the present slice
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(AnyText)
    flagged_at: Mapped[datetime | None]
    flagged: Mapped[int | None]  # how many of the hits got a verdict


class RescanHit(Base):
    """A message that the version would flag now; what was scored is its text at that edit."""

    __tablename__ = "rescan_hits"

    rescan_id: Mapped[int] = mapped_column(ForeignKey(Rescan.id), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    edit: Mapped[int]
    score: Mapped[float]
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    standing: Mapped[Standing] = mapped_column(words(Standing))
