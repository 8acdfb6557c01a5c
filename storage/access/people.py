"""Who is meant by an id or a @name: only people who were seen in that chat."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.models import Action, Join, Message, Reactor, Trust

NUMBER = re.compile(r"[0-9]{1,18}")
USERNAME = re.compile(r"@[A-Za-z0-9_]{1,64}")


@dataclass(frozen=True)
class Member:
    """A person in one chat; the name is empty where it is not stored."""

    user_id: int
    name: str = ""


def is_address(text: str) -> bool:
    """Whether this may stand for a person: an id or a @name."""
    return bool(NUMBER.fullmatch(text) or USERNAME.fullmatch(text))


def resolve(session: Session, chat_id: int, address: str) -> Member | None:
    """The person whom an id or a @name means in the chat (its row); None where nobody was seen there under it."""
    if NUMBER.fullmatch(address):
        user_id = int(address)
        return Member(user_id, name(session, chat_id, user_id)) if _was_there(session, chat_id, user_id) else None
    return _named(session, chat_id, address[1:]) if USERNAME.fullmatch(address) else None


def name(session: Session, chat_id: int, user_id: int) -> str:
    """The name under which this person wrote last in the chat."""
    return session.scalars(_newest(chat_id, user_id).with_only_columns(Message.author_name)).first() or ""


def _newest(chat_id: int, user_id: int) -> Select[Message]:
    messages = select(Message).where(Message.chat_id == chat_id, Message.author_id == user_id)
    return messages.order_by(Message.id.desc()).limit(1)


def _named(session: Session, chat_id: int, username: str) -> Member | None:
    """Whoever wrote last under that @name in the chat, or else whoever did so anywhere, if they were seen in the chat."""
    user_id = _last_under(session, select(Message).where(Message.chat_id == chat_id), username)
    if user_id is None:
        user_id = _last_under(session, select(Message), username)
    if user_id is None or not _was_there(session, chat_id, user_id):
        return None
    return Member(user_id, name(session, chat_id, user_id))


def _last_under(session: Session, messages: Select[Message], username: str) -> int | None:
    """Who wrote the newest of these messages under that @name, unless they have written under another one since."""
    is_theirs = func.lower(Message.author_username) == username.lower()
    newest_first = messages.where(Message.author_id > 0).order_by(Message.id.desc()).limit(1)
    last = session.scalars(newest_first.where(is_theirs)).first()
    if last is None or last.author_id is None:
        return None
    newest = session.scalars(newest_first.where(Message.author_id == last.author_id)).one()
    return last.author_id if newest.author_username.lower() == username.lower() else None


def _was_there(session: Session, chat_id: int, user_id: int) -> bool:
    """Whether this person wrote in the chat, joined it, reacted there, is trusted there or was sanctioned there by number."""
    traces = (
        _newest(chat_id, user_id).with_only_columns(Message.id),
        select(Join.user_id).where(Join.chat_id == chat_id, Join.user_id == user_id),
        select(Reactor.user_id).where(Reactor.chat_id == chat_id, Reactor.user_id == user_id),
        select(Trust.user_id).where(Trust.chat_id == chat_id, Trust.user_id == user_id),
        select(Action.id).where(Action.chat_id == chat_id, Action.user_id == user_id).limit(1),
    )
    return any(session.scalars(trace).first() is not None for trace in traces)
