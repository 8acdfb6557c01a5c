"""What is received, judged, decided and done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Computed, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Id, now, partial_index, words
from storage.models.chats import Chat
from storage.models.learning import ModelVersion
from storage.models.words import ActionKind, ActionState, CorrectionState, MessageState, Sign, Standing
from storage.types import AnyText, Name


class Message(Base):
    """A received message. Rows in state `pending` are the inbox."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        partial_index(
            "ix_messages_pending", "is_imported", "is_unlike_spam", "is_known", "id", where="state = 'pending'"
        ),
        Index("ix_messages_state_id", "state", "id"),
        partial_index("ix_messages_flagged", "chat_id", where="state = 'spam' OR edit > 0"),
        Index("ix_messages_chat_id_author_id_id", "chat_id", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey(Chat.id))
    message_id: Mapped[int] = mapped_column(BigInteger)  # the platform's own id, unique within the chat
    edit: Mapped[int] = mapped_column(default=0)  # how many edits were received; a verdict names the one it judged
    edited_at: Mapped[datetime | None]
    author_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(Name, default="")
    text: Mapped[str] = mapped_column(AnyText)
    album_id: Mapped[str | None] = mapped_column(String(64))  # shared by the messages of one album
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    picture_id: Mapped[str | None] = mapped_column(String(256))  # the platform's own id of the file
    attachment: Mapped[str | None] = mapped_column(String(256))  # kind and id of a file other than a picture
    media_id: Mapped[str | None] = mapped_column(String(64))  # identifies its media; "" is none, NULL unknown
    signs: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # words of Sign
    author_username: Mapped[str] = mapped_column(Name, default="", server_default="")  # at Telegram, without the @
    is_join: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # nothing was written: the text is a name
    is_imported: Mapped[bool] = mapped_column(default=False, server_default=false())  # waits behind live messages
    is_known: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # its author's messages here were ham so far: it waits behind newcomers'
    is_unlike_spam: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # else it came within an hour after spam of the same fingerprint: others wait behind it
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.PENDING)
    error: Mapped[str | None] = mapped_column(AnyText)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]

    chat: Mapped[Chat] = relationship(lazy="raise")

    @property
    def image_id(self) -> str | None:
        """The platform's id of the file that shows its picture: a photo, or a picture that was sent as a file."""
        kind, _, file_id = (self.attachment or "").partition(":")
        is_file = kind == "document" and Sign.PICTURE in self.signs
        return file_id if self.picture_id is None and is_file else self.picture_id


class EarlierText(Base):
    """An earlier text of an edited message, for the verdicts on it."""

    __tablename__ = "earlier_texts"

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    edit: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(AnyText)


class Verdict(Base):
    """Score, thresholds and model version for one message at one edit. Never changed."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("message_id", "edit", "model_version_id"),
        partial_index("ix_verdicts_spam", "id", where="is_spam AND NOT is_shadow"),
        partial_index("ix_verdicts_audited", "id", where="is_audited"),
        partial_index("ix_verdicts_shadow", "model_version_id", where="is_shadow"),
        partial_index("ix_verdicts_disagrees", "message_id", where="disagrees"),
        partial_index("ix_verdicts_doubt", "doubt", "id", where="NOT is_shadow"),
        partial_index("ix_verdicts_spam_doubt", "doubt", "id", where="is_spam AND NOT is_shadow"),
        partial_index("ix_verdicts_standing", "created_at", "standing", "is_shadow", where="standing <> 'unknown'"),
        Index("ix_verdicts_created_at", "created_at"),
        partial_index("ix_verdicts_message_id", "message_id", "id", where="NOT is_shadow"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id))
    edit: Mapped[int]
    model_version_id: Mapped[int] = mapped_column(ForeignKey(ModelVersion.id))
    score: Mapped[float]
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    doubt: Mapped[float] = mapped_column(Computed("abs(score - review_threshold)"))  # the smaller, the more doubtful
    standing: Mapped[Standing] = mapped_column(  # of the author; it moved both thresholds
        words(Standing), default=Standing.UNKNOWN, server_default=Standing.UNKNOWN
    )
    rule: Mapped[str | None] = mapped_column(AnyText)  # of the chat's own that decided `is_spam`, whatever the score
    script: Mapped[str | None] = mapped_column(String(32))  # of a newcomer's text, if it is strange to the chat
    script_weight: Mapped[float] = mapped_column(
        default=0.0, server_default="0"
    )  # log-odds, by which both thresholds fell
    score_without_names: Mapped[float | None]  # of the words alone, where the author's name was read with them
    is_spam: Mapped[bool]
    is_shadow: Mapped[bool] = mapped_column(default=False, server_default=false())  # never acted on
    is_audited: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # ham, drawn at random for a moderator to review
    disagrees: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # a shadow's that contradicts the champion's
    created_at: Mapped[datetime] = mapped_column(default=now)

    message: Mapped[Message] = relationship(lazy="raise")
    model_version: Mapped[ModelVersion] = relationship(lazy="raise")


class Correction(Base):
    """One person's decision on the message that a verdict judged. Rows are added; only their state changes."""

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_verdict_id", "verdict_id"),
        Index("ix_corrections_state", "state"),
        Index("ix_corrections_judged_at", "judged_at"),
        partial_index("ix_corrections_apart", "judged_at", "verdict_id", where="judged_at IS NULL OR NOT is_only"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id))
    actor: Mapped[str] = mapped_column(Name)  # telegram:<user id> or web:<name>
    actor_name: Mapped[str] = mapped_column(Name, default="")
    is_spam: Mapped[bool]
    state: Mapped[CorrectionState] = mapped_column(words(CorrectionState))
    note: Mapped[str | None] = mapped_column(AnyText)  # for the next moderator; erased with the message
    created_at: Mapped[datetime] = mapped_column(default=now)

    # What never changes of the verdict, copied by `quality_counts` so that Quality reads one table; NULL until then.
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    judged_at: Mapped[datetime | None]
    hour: Mapped[int | None]  # of that moment, since 1970
    score: Mapped[float | None]
    step: Mapped[int | None]  # the highest threshold for first messages, in hundredths, that would have flagged it
    tenth: Mapped[int | None]  # of the score, 0 to 9
    was_flagged: Mapped[bool | None]
    was_audited: Mapped[bool | None]
    is_only: Mapped[bool | None]  # nobody else had decided on the verdict, and this person only once

    verdict: Mapped[Verdict] = relationship(lazy="raise")


class Action(Base):
    """A call to Telegram that a verdict or a correction asks for, or one in a chat that belongs to no verdict."""

    __tablename__ = "actions"
    __table_args__ = (
        UniqueConstraint("verdict_id", "kind"),
        partial_index("ix_actions_pending", "id", where="state = 'pending'"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey(Verdict.id))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey(Chat.id))
    text: Mapped[str | None] = mapped_column(AnyText)
    message_id: Mapped[int | None] = mapped_column(
        BigInteger
    )  # for an action without a verdict: the message in that chat
    user_id: Mapped[int | None] = mapped_column(BigInteger)  # likewise: the person it concerns
    thread_id: Mapped[int | None] = mapped_column(BigInteger)  # likewise: the topic to post in
    until: Mapped[datetime | None]  # when a ban or a restriction ends by itself
    lasts: Mapped[int | None]  # seconds from the request to that end; NULL where no length was stored
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=false())  # not requested by a moderator
    kind: Mapped[ActionKind] = mapped_column(words(ActionKind))
    state: Mapped[ActionState] = mapped_column(words(ActionState), default=ActionState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")  # posts begun, with no answer known
    error: Mapped[str | None] = mapped_column(AnyText)
    not_before: Mapped[datetime] = mapped_column(default=now)
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None]  # what Telegram answered, such as where the notice stands
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]

    verdict: Mapped[Verdict | None] = relationship(lazy="raise")
