"""Logins to the review site, the audit, and leases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, words
from storage.models.chats import Chat
from storage.models.moderation import Verdict
from storage.models.words import Role
from storage.types import AnyText, Name


class Person:
    """Who logs in, and the chats that they moderated according to Telegram at that time."""

    name: Mapped[str] = mapped_column(Name)
    role: Mapped[Role] = mapped_column(words(Role), default=Role.OPERATOR, server_default=Role.OPERATOR)
    user_id: Mapped[int | None] = mapped_column(BigInteger)  # at Telegram; None for operators
    chat_ids: Mapped[list[int] | None] = mapped_column(JSON)

    @property
    def actor(self) -> str:
        """The name under which corrections of this person are stored, on the site and at Telegram alike."""
        return f"web:{self.name}" if self.user_id is None else f"telegram:{self.user_id}"

    @property
    def is_operator(self) -> bool:
        return self.role == Role.OPERATOR

    @property
    def chats(self) -> tuple[int, ...] | None:
        """The chats this person may see; None for all."""
        return None if self.is_operator else tuple(self.chat_ids or ())


class LoginLink(Person, Base):
    """A link that logs one person in, once."""

    __tablename__ = "login_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginSession(Person, Base):
    """A browser that is logged in."""

    __tablename__ = "login_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class AuditEntry(Base):
    """Who did what, and when. Rows are added and never changed (triggers see to it), but for the number of a member who
    asks to be forgotten, and the row of a chat that moved.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_chat_id", "chat_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(Name)
    what: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(AnyText, default="")
    chat_id: Mapped[int | None] = mapped_column(ForeignKey(Chat.id))
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey(Verdict.id))


class Lease(Base):
    """Which process may do what only one may do at a time, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
