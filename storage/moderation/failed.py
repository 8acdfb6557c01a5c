"""Messages that ended as `failed`, without a verdict: a moderator decides on them or has them judged again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.access import audit
from storage.errors import UnknownMessage
from storage.models import Chat, Message, MessageState, OrderKind, Platform
from storage.moderation import inbox, orders
from storage.moderation.orders import Command


def judge_again(session: Session, row: int, chats: tuple[int, ...] | None) -> None:
    """Put the message back into the queue. Raises UnknownMessage."""
    message = _failed(session, row, chats)
    message.state, message.error, message.attempts = MessageState.PENDING, None, 0
    message.lease_holder = message.lease_until = None


def decide(session: Session, row: int, chats: tuple[int, ...] | None, actor: str, name: str, is_spam: bool) -> None:
    """Store a moderator's decision without a verdict: spam is deleted and its author banned, and nothing is learned.

    Raises UnknownMessage.
    """
    message = _failed(session, row, chats)
    is_on_telegram = session.get_one(Chat, message.chat_id).platform == Platform.TELEGRAM
    if is_spam and is_on_telegram:
        orders.give(session, Command(row, OrderKind.SPAM, actor, name))
    message.state = MessageState.SPAM if is_spam else inbox.unflagged(message.is_join)
    audit.note(session, actor, audit.DECISION, f"{'spam' if is_spam else 'not spam'} (never judged)", message.chat_id)


def _failed(session: Session, row: int, chats: tuple[int, ...] | None) -> Message:
    """The failed message of that row, locked, if it is in one of these chats. Raises UnknownMessage."""
    message = session.get(Message, row, with_for_update=True)
    is_visible = message is not None and (chats is None or message.chat_id in chats)
    if message is None or not is_visible or message.state != MessageState.FAILED:
        raise UnknownMessage(row)
    return message
