"""The chat page: the newest messages of the web chat, each with its state and score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.models import Chat, Message, MessageState, ModelVersion, Platform, Verdict


@dataclass(frozen=True)
class ChatLine:
    """A message as the chat page shows it; score and version are None until it is judged."""

    id: int
    author_name: str
    text: str
    sent_at: datetime
    state: MessageState
    error: str | None
    score: float | None
    model_version: str | None
    verdict_id: int | None = None
    review_threshold: float = 0.0
    act_threshold: float = 1.0


def lines(
    session: Session, author_id: int | None = None, limit: int = 50, before_id: int | None = None
) -> list[ChatLine]:
    """The newest messages of the web chat, of one author or of all, the oldest of them first."""
    newest = _lines(author_id)
    if before_id is not None:
        newest = newest.where(Message.id < before_id)
    rows = session.execute(newest.order_by(Message.id.desc()).limit(limit)).all()
    return [_line(*row) for row in reversed(rows)]


def line(session: Session, message_row_id: int, author_id: int | None = None) -> ChatLine | None:
    """One message of the web chat, if it is there and by that author."""
    row = session.execute(_lines(author_id).where(Message.id == message_row_id)).first()
    return row and _line(*row)


def _lines(author_id: int | None) -> Select[Message, Verdict, ModelVersion]:
    """All lines, or one author's."""
    judged = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit) & ~Verdict.is_shadow
    messages = (
        select(Message, Verdict, ModelVersion)
        .join(Message.chat)
        .outerjoin(Verdict, judged)
        .outerjoin(ModelVersion, ModelVersion.id == Verdict.model_version_id)
        .where(
            Chat.platform == Platform.WEB, Chat.external_id == 0
        )  # other web chats belong to clients of the HTTP API
    )
    return messages if author_id is None else messages.where(Message.author_id == author_id)


def _line(message: Message, verdict: Verdict | None, version: ModelVersion | None) -> ChatLine:
    return ChatLine(
        id=message.id,
        author_name=message.author_name,
        text=message.text,
        sent_at=message.sent_at,
        state=message.state,
        error=message.error,
        score=verdict.score if verdict else None,
        model_version=version.name if version else None,
        verdict_id=verdict.id if verdict else None,
        review_threshold=verdict.review_threshold if verdict else 0.0,
        act_threshold=verdict.act_threshold if verdict else 1.0,
    )
