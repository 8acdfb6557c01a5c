"""Messages and verdicts as a program looks them up: by number, or page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.models import Chat, Message, MessageState, Platform, Verdict
from storage.moderation.verdicts import JudgedMessage, judged_text, with_context


@dataclass(frozen=True)
class ReceivedMessage:
    """A message with its state and its verdict, which is None until it is judged."""

    id: int
    chat_id: int
    chat_title: str
    author_name: str
    text: str
    received_at: datetime
    state: MessageState
    error: str | None
    verdict: JudgedMessage | None


def numbered(session: Session, ids: Iterable[int]) -> dict[int, ReceivedMessage]:
    """The messages of these rows that exist, by row."""
    return {message.id: message for message in _received(session, _messages().where(Message.id.in_(list(ids))))}


def of_client(session: Session, client: int, message_id: int) -> ReceivedMessage | None:
    """The message of that row, if this client submitted it."""
    own = _messages().where(Chat.platform == Platform.WEB, Chat.external_id == client, Message.id == message_id)
    return next(iter(_received(session, own)), None)


def of_author(session: Session, chat: int, author: int, limit: int, before: int | None = None) -> list[ReceivedMessage]:
    """The newest messages of this author in the chat of this row; `before` pages on."""
    theirs = _messages().where(Message.chat_id == chat, Message.author_id == author).order_by(Message.id.desc())
    return _received(session, (theirs if before is None else theirs.where(Message.id < before)).limit(limit))


def page(
    session: Session,
    limit: int,
    before: int | None = None,
    state: MessageState | None = None,
    chats: tuple[int, ...] | None = None,
) -> list[ReceivedMessage]:
    """The newest messages, of one state or of all, in these chats or in all; `before` pages on."""
    statement = _messages().order_by(Message.id.desc()).limit(limit)
    statement = statement if chats is None else statement.where(Message.chat_id.in_(chats))
    statement = statement if before is None else statement.where(Message.id < before)
    return _received(session, statement if state is None else statement.where(Message.state == state))


def still_pending(session: Session, ids: Sequence[int]) -> bool:
    """Whether any of these messages still waits for its verdict."""
    waiting = select(Message.id).where(Message.id.in_(ids), Message.state == MessageState.PENDING)
    return session.scalars(waiting.limit(1)).first() is not None


def verdicts(
    session: Session, limit: int, before: int | None = None, is_spam: bool | None = None
) -> list[JudgedMessage]:
    """The newest verdicts of champions, of one label or of both; `before` pages on."""
    statement = judged_text().order_by(Verdict.id.desc()).limit(limit)
    statement = statement if before is None else statement.where(Verdict.id < before)
    return with_context(session, statement if is_spam is None else statement.where(Verdict.is_spam == is_spam))


def _messages() -> Select[Message, str]:
    return select(Message, Chat.title).join(Message.chat)


def _received(session: Session, statement: Select[Message, str]) -> list[ReceivedMessage]:
    rows = session.execute(statement).all()
    by_message: dict[int, JudgedMessage] = {}
    current = judged_text().where(Verdict.edit == Message.edit, Message.id.in_([row.id for row, _ in rows]))
    for verdict in with_context(session, current.order_by(Verdict.id)):
        by_message[verdict.message_row_id] = verdict
    return [
        ReceivedMessage(
            id=message.id,
            chat_id=message.chat_id,
            chat_title=title,
            author_name=message.author_name,
            text=message.text,
            received_at=message.received_at,
            state=message.state,
            error=message.error,
            verdict=by_message.get(message.id),
        )
        for message, title in rows
    ]
