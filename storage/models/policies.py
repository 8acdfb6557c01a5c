"""What a chat's own policies need: its rules, the members it trusts, messages that are held, floods, shared bans, reactions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, partial_index, words
from storage.models.chats import Chat
from storage.models.moderation import Action, Message, Verdict
from storage.models.words import HoldState, RuleEffect, RuleKind
from storage.types import AnyText, Name


class Rule(Base):
    """A chat's own rule: what it looks for always flags a message, or keeps it from being flagged."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("chat_id", "kind", "pattern"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    kind: Mapped[RuleKind] = mapped_column(words(RuleKind))
    effect: Mapped[RuleEffect] = mapped_column(words(RuleEffect))
    pattern: Mapped[str] = mapped_column(String(512))
    reason: Mapped[str] = mapped_column(AnyText, default="")
    created_by: Mapped[str] = mapped_column(Name)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Trust(Base):
    """A member who is in good standing in a chat because a moderator says so."""

    __tablename__ = "trusted_members"

    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Name, default="")
    trusted_by: Mapped[str] = mapped_column(Name)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Hold(Base):
    """A newcomer's message that is held (deleted in the chat, and kept) or shown to the moderators, who decide about it."""

    __tablename__ = "holds"
    __table_args__ = (partial_index("ix_holds_held", "created_at", where="state = 'held'"),)

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    reason: Mapped[str] = mapped_column(String(64))
    state: Mapped[HoldState] = mapped_column(words(HoldState), default=HoldState.HELD)
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str | None] = mapped_column(Name)
    decided_at: Mapped[datetime | None]


class CaseMessage(Base):
    """A message that belongs to a flood; the flood is its one notice, an action of the kind CASE."""

    __tablename__ = "case_messages"
    __table_args__ = (Index("ix_case_messages_case_id", "case_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Action.id))


class SharedBan(Base):
    """A verdict for which somebody is banned in another group; the ban, an action of its own, may have several."""

    __tablename__ = "shared_bans"
    __table_args__ = (Index("ix_shared_bans_verdict_id", "verdict_id"),)

    action_id: Mapped[int] = mapped_column(ForeignKey(Action.id), primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id), primary_key=True)


class Reactor(Base):
    """Somebody who reacts to messages of a chat without having written there; no text is stored."""

    __tablename__ = "reactors"

    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Name, default="")
    recent: Mapped[dict[str, Any]]  # numbers of messages reacted to within minutes, each with the second
    reacted_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]  # to moderators, once
    is_banned: Mapped[bool | None]  # what a moderator decided
    decided_by: Mapped[str | None] = mapped_column(Name)
