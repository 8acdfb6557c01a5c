"""What is received, judged, decided and done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Id, now, words
from storage.models.learning import ModelVersion
from storage.models.words import (
    ActionKind,
    ActionState,
    CorrectionState,
    MessageState,
    Mode,
    Platform,
    Standing,
    Strictness,
)
from storage.types import AnyText, Name


class Chat(Base):
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
    sees_joins_since: Mapped[datetime | None]  # who joins is told to hamlet from then on; None where it is not
    has_comments: Mapped[bool] = mapped_column(default=False, server_default=false())  # people write without joining
    reports_needed: Mapped[int] = mapped_column(default=2, server_default="2")
    reports_an_hour: Mapped[int] = mapped_column(default=10, server_default="10")  # of one member
    paused_at: Mapped[datetime | None]  # from then on nobody is acted on but by a moderator
    paused_because: Mapped[str | None] = mapped_column(AnyText)
    history_settled_until: Mapped[datetime | None]  # what was sent till then had stood two days when it was exported
    created_at: Mapped[datetime] = mapped_column(default=now)


class Message(Base):
    """What we received, and the inbox: rows in state `pending` are the work that waits."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        Index(
            "ix_messages_pending",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_messages_state_id", "state", "id"),
        Index(
            "ix_messages_flagged",
            "chat_id",
            sqlite_where=text("state = 'spam' OR edit > 0"),
            postgresql_where=text("state = 'spam' OR edit > 0"),
        ),
        Index("ix_messages_chat_id_author_id_id", "chat_id", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    message_id: Mapped[int] = mapped_column(BigInteger)  # the platform's own id, unique within the chat
    edit: Mapped[int] = mapped_column(default=0)  # counts the edits received; a verdict names the one it judged
    edited_at: Mapped[datetime | None]
    author_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(Name, default="")
    text: Mapped[str] = mapped_column(AnyText)
    album_id: Mapped[str | None] = mapped_column(String(64))  # what came with it as one album
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    picture_id: Mapped[str | None] = mapped_column(String(256))  # the platform's own id of the file
    media_id: Mapped[str | None] = mapped_column(String(64))  # what its media are; "" has none, NULL is not known
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.PENDING)
    error: Mapped[str | None] = mapped_column(AnyText)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]

    chat: Mapped[Chat] = relationship(lazy="raise")


class EarlierText(Base):
    """What an edited message said before, for verdicts that judged it."""

    __tablename__ = "earlier_texts"

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    edit: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(AnyText)


class Update(Base):
    """A raw update from Telegram, committed before it is confirmed; `handled_at` is set when all it asks for is stored."""

    __tablename__ = "updates"
    __table_args__ = (
        Index(
            "ix_updates_waiting",
            "update_id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(default=now)
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(AnyText)


def _part_of_verdicts(name: str, columns: str | tuple[str, ...], where: str) -> Index:
    columns = (columns,) if isinstance(columns, str) else columns
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Verdict(Base):
    """Score, thresholds and model version for one message as it stood at one edit. Never changed."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("message_id", "edit", "model_version_id"),
        _part_of_verdicts("ix_verdicts_spam", "id", "is_spam AND NOT is_shadow"),
        _part_of_verdicts("ix_verdicts_audited", "id", "is_audited"),
        _part_of_verdicts("ix_verdicts_shadow", "model_version_id", "is_shadow"),
        _part_of_verdicts("ix_verdicts_disagrees", "message_id", "disagrees"),
        _part_of_verdicts("ix_verdicts_doubt", ("doubt", "id"), "NOT is_shadow"),
        _part_of_verdicts("ix_verdicts_spam_doubt", ("doubt", "id"), "is_spam AND NOT is_shadow"),
        _part_of_verdicts("ix_verdicts_standing", ("created_at", "standing", "is_shadow"), "standing <> 'unknown'"),
        Index("ix_verdicts_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id))
    edit: Mapped[int]
    model_version_id: Mapped[int] = mapped_column(ForeignKey(ModelVersion.id))
    score: Mapped[float]
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    doubt: Mapped[float] = mapped_column(Computed("abs(score - review_threshold)"))  # the smaller, the more of it
    standing: Mapped[Standing] = mapped_column(  # of the author, which moved both thresholds
        words(Standing), default=Standing.UNKNOWN, server_default=Standing.UNKNOWN
    )
    is_spam: Mapped[bool]
    is_shadow: Mapped[bool] = mapped_column(default=False, server_default=false())  # nobody acted on it
    is_audited: Mapped[bool] = mapped_column(default=False, server_default=false())  # ham, drawn for a moderator to see
    disagrees: Mapped[bool] = mapped_column(default=False, server_default=false())  # a shadow that says otherwise
    created_at: Mapped[datetime] = mapped_column(default=now)

    message: Mapped[Message] = relationship(lazy="raise")
    model_version: Mapped[ModelVersion] = relationship(lazy="raise")


class Correction(Base):
    """One person's statement about the message a verdict judged. Rows are added; only their state moves on."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_verdict_id", "verdict_id"), Index("ix_corrections_state", "state"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id))
    actor: Mapped[str] = mapped_column(Name)  # telegram:<user id> or web:<name>
    actor_name: Mapped[str] = mapped_column(Name, default="")
    is_spam: Mapped[bool]
    state: Mapped[CorrectionState] = mapped_column(words(CorrectionState))
    created_at: Mapped[datetime] = mapped_column(default=now)

    verdict: Mapped[Verdict] = relationship(lazy="raise")


class Action(Base):
    """One call to the outside world that a verdict or a correction asks for; an announcement has a chat and a text instead."""

    __tablename__ = "actions"
    __table_args__ = (
        UniqueConstraint("verdict_id", "kind"),
        Index(
            "ix_actions_pending",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey(Verdict.id))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey(Chat.id))
    text: Mapped[str | None] = mapped_column(AnyText)
    message_id: Mapped[int | None] = mapped_column(BigInteger)  # in that chat, of an action without a verdict
    user_id: Mapped[int | None] = mapped_column(BigInteger)  # the same: whom it is about
    thread_id: Mapped[int | None] = mapped_column(BigInteger)  # the same: the topic a sentence is said in
    until: Mapped[datetime | None]  # when a ban or a restriction ends by itself
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=false())  # no moderator asked for it
    kind: Mapped[ActionKind] = mapped_column(words(ActionKind))
    state: Mapped[ActionState] = mapped_column(words(ActionState), default=ActionState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(AnyText)
    not_before: Mapped[datetime] = mapped_column(default=now)
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None]  # what the platform answered: where the notice stands
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]

    verdict: Mapped[Verdict | None] = relationship(lazy="raise")


class Wait(Base):
    """Telegram asked for patience: no call to this chat before that moment."""

    __tablename__ = "waits"

    chat_external_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    until: Mapped[datetime]


class Move(Base):
    """A group became a supergroup: the old number is dead, whoever still names it."""

    __tablename__ = "moves"

    old_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    new_id: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime] = mapped_column(default=now)
