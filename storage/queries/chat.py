"""The chat page's view: the newest messages of the web chat, each with what became of it."""

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


def lines(session: Session, limit: int = 50) -> list[ChatLine]:
    """The newest messages of the web chat, the oldest of them first."""
    rows = session.execute(_lines().order_by(Message.id.desc()).limit(limit)).all()
    return [_line(*row) for row in reversed(rows)]


def line(session: Session, message_row_id: int) -> ChatLine | None:
    row = session.execute(_lines().where(Message.id == message_row_id)).first()
    return row and _line(*row)


def _lines() -> Select[Message, Verdict, ModelVersion]:
    judged = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit) & ~Verdict.is_shadow
    return (
        select(Message, Verdict, ModelVersion)
        .join(Message.chat)
        .outerjoin(Verdict, judged)
        .outerjoin(ModelVersion, ModelVersion.id == Verdict.model_version_id)
        .where(Chat.platform == Platform.WEB, Chat.external_id == 0)  # other web chats are clients' of the HTTP API
    )


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
    )
