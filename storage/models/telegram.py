"""What Telegram has us remember: raw updates, rate limits, and groups that became supergroups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, now, partial_index
from storage.types import AnyText


class Update(Base):
    """A raw update from Telegram, committed before it is confirmed; `handled_at` is set once its effects are stored,
    and then its payload is emptied."""

    __tablename__ = "updates"
    __table_args__ = (partial_index("ix_updates_waiting", "update_id", where="handled_at IS NULL"),)

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(default=now)
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(AnyText)


class Wait(Base):
    """A rate limit of Telegram's: no call to this chat before that moment."""

    __tablename__ = "waits"

    chat_external_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    until: Mapped[datetime]


class Move(Base):
    """A group became a supergroup: its old number is dead and leads to the new one."""

    __tablename__ = "moves"

    old_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    new_id: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime] = mapped_column(default=now)
