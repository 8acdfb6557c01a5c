"""Decides whether names are judged with the text: if they are new in the chat and look like advertisements."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage import usernames
from storage.models import Message

FIRST_MESSAGES = 3  # of an author under one name, which are judged with it


@dataclass(frozen=True)
class Author:
    """Who wrote a message, as the platform names them."""

    id: int | None
    name: str
    telling_name: str  # the full name, where it says more than who they are
    username: str


def named(session: Session, chat_id: int, message_id: int, author: Author) -> list[str]:
    """The full name, and the username in words, each if it advertises and this message is among the first under it.

    A long-standing member may take an advertisement for a name, so the new name is judged as a newcomer's would be.
    """
    username = usernames.spelled(author.username)
    if author.id is None or not (author.telling_name or username):
        return []
    lines = {
        author.telling_name: Message.author_name == author.name,
        username: Message.author_username == author.username,
    }
    earlier = select(Message.id).where(Message.chat_id == chat_id, Message.author_id == author.id)
    earlier = earlier.where(Message.message_id < message_id, ~Message.is_join)

    def is_new(is_under_it: ColumnElement[bool]) -> bool:
        newest = session.scalars(earlier.where(is_under_it).order_by(Message.id.desc()).limit(FIRST_MESSAGES))
        return len(newest.all()) < FIRST_MESSAGES

    return [line for line, is_under_it in lines.items() if line and is_new(is_under_it)]
