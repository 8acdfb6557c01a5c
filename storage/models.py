"""The tables. The database itself guards the invariants: one row a message, one verdict a version, one champion."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, Integer, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from storage.types import AnyText, Name, UtcTime

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only a plain INTEGER primary key up by itself


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcTime, dict[str, Any]: JSON}


def words(kind: type[StrEnum]) -> Enum:
    """A column of the enum's words, checked by Python and readable in SQL."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


class Platform(StrEnum):
    TELEGRAM = "telegram"
    WEB = "web"


class Mode(StrEnum):
    OBSERVE = "observe"
    TRAINING = "training"
    SOFT = "soft"
    ENFORCE = "enforce"


class MessageState(StrEnum):
    PENDING = "pending"
    HAM = "ham"
    SPAM = "spam"
    FAILED = "failed"
    NOTHING_TO_JUDGE = "nothing to judge"


class VersionState(StrEnum):
    CHALLENGER = "challenger"
    CHAMPION = "champion"
    RETIRED = "retired"
    REJECTED = "rejected"


class Strictness(StrEnum):
    """How much ham a chat lets acting without a moderator hit, at most; each model version maps it to a threshold."""

    CAUTIOUS = "cautious"  # 1 in 10,000
    NORMAL = "normal"  # 1 in 1,000
    STRICT = "strict"  # 1 in 100


class CorrectionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    REPLACED = "replaced"  # the same person decided anew


class ActionKind(StrEnum):
    NOTIFY = "notify"
    AMEND = "amend"  # the notice says who decided
    DELETE = "delete"


class ActionState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


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
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    message_id: Mapped[int] = mapped_column(BigInteger)  # the platform's own id, unique within the chat
    edit: Mapped[int] = mapped_column(default=0)  # counts the edits received; a verdict names the one it judged
    edited_at: Mapped[datetime | None]
    author_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(Name, default="")
    text: Mapped[str] = mapped_column(AnyText)
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


class ModelVersion(Base):
    __tablename__ = "model_versions"
    __table_args__ = (
        Index(
            "uq_model_versions_champion", "state", unique=True,
            sqlite_where=text("state = 'champion'"), postgresql_where=text("state = 'champion'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)  # also its directory's name
    state: Mapped[VersionState] = mapped_column(words(VersionState), default=VersionState.CHALLENGER)
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    examples_hash: Mapped[str] = mapped_column(String(64))
    metrics: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[str | None] = mapped_column(Name)
    pruned_at: Mapped[datetime | None]  # its directory was removed to save space


class Verdict(Base):
    """Score, thresholds and model version for one message as it stood at one edit. Never changed."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("message_id", "edit", "model_version_id"),
        Index("ix_verdicts_spam", "id", sqlite_where=text("is_spam"), postgresql_where=text("is_spam")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id))
    edit: Mapped[int]
    model_version_id: Mapped[int] = mapped_column(ForeignKey(ModelVersion.id))
    score: Mapped[float]
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    is_spam: Mapped[bool]
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
    """One call to the outside world that a verdict or a correction asks for."""

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
    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id))
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

    verdict: Mapped[Verdict] = relationship(lazy="raise")


class LoginLink(Base):
    __tablename__ = "login_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginSession(Base):
    __tablename__ = "login_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Lease(Base):
    """Who may do what only one may do at a time, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
