"""Joins, reports, moderators' orders, appeals, link codes and switches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, words
from storage.models.chats import Chat
from storage.models.moderation import Message, Verdict
from storage.models.words import OrderKind
from storage.types import AnyText, Name


class Join(Base):
    """The last time that somebody was seen joining a chat."""

    __tablename__ = "joins"

    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    joined_at: Mapped[datetime]


class Report(Base):
    """A member's report that a message is spam, at most one each."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_reporter_id", "reporter_id", "created_at"),)

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Order(Base):
    """A moderator's command in reply to a message; it is carried out when the message has a verdict."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_message_id", "message_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id))
    kind: Mapped[OrderKind] = mapped_column(words(OrderKind))
    actor: Mapped[str] = mapped_column(Name)
    actor_name: Mapped[str] = mapped_column(Name, default="")
    lasts: Mapped[int | None]  # seconds of the sanction, where the moderator named its length
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class LinkCode(Base):
    """A code for a group's moderator; used in another chat, once, it makes that the group's moderators' chat."""

    __tablename__ = "link_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    user_id: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Appeal(Base):
    """A banned member's appeal; the moderators see it under the verdict that banned the member."""

    __tablename__ = "appeals"
    __table_args__ = (UniqueConstraint("verdict_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id))
    user_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(AnyText, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Switch(Base):
    """Something the operator has switched on for all chats, such as the kill switch."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    set_by: Mapped[str] = mapped_column(Name)
    set_at: Mapped[datetime] = mapped_column(default=now)
