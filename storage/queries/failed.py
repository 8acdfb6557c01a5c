"""Messages that ended as `failed`: nobody has a verdict on them, so a moderator sees them, or has them judged again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.errors import UnknownMessage
from storage.models import Chat, Message, MessageState, OrderKind, Platform
from storage.queries import audit, messages, orders
from storage.queries.messages import Heard
from storage.queries.orders import Command


def page(session: Session, chats: tuple[int, ...] | None, limit: int, before: int | None = None) -> list[Heard]:
    """Those of the chats somebody may see (None for all), the newest first; `before` pages on."""
    return messages.page(session, limit, before, MessageState.FAILED, chats)


def judge_again(session: Session, row: int, chats: tuple[int, ...] | None) -> None:
    """Put the message back into the queue. Raises UnknownMessage."""
    message = _failed(session, row, chats)
    message.state, message.error, message.attempts = MessageState.PENDING, None, 0
    message.lease_holder = message.lease_until = None


def decide(session: Session, row: int, chats: tuple[int, ...] | None, actor: str, name: str, is_spam: bool) -> None:
    """A moderator decides it unjudged: spam is deleted and its author banned; nothing is learned. Raises UnknownMessage."""
    message = _failed(session, row, chats)
    is_on_telegram = session.get_one(Chat, message.chat_id).platform == Platform.TELEGRAM
    if is_spam and is_on_telegram:
        orders.give(session, Command(row, OrderKind.SPAM, actor, name))
    message.state = MessageState.SPAM if is_spam else MessageState.HAM
    audit.note(session, actor, audit.DECISION, f"{'spam' if is_spam else 'not spam'} (never judged)", message.chat_id)


def _failed(session: Session, row: int, chats: tuple[int, ...] | None) -> Message:
    message = session.get(Message, row, with_for_update=True)
    is_seen = message is not None and (chats is None or message.chat_id in chats)
    if message is None or not is_seen or message.state != MessageState.FAILED:
        raise UnknownMessage(row)
    return message
