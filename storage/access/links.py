"""Moderators' chats, linked to their groups by one-time codes that a group's moderator is given."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session

from storage.access import audit, moves
from storage.models import Chat, LinkCode, Platform, now

VALID_FOR = timedelta(minutes=15)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that could be mistaken for another
LENGTH = 10

# made once, as each message asks it; without a common chat its second part is NULL
IS_MODERATORS_CHAT = select(
    exists().where(Chat.moderators_chat_id == moves.number_now("chat"))
    | (moves.number_now("chat") == moves.number_now("common"))
)


def new_code(session: Session, chat_id: int, user_id: int) -> str:
    """A code that this person can use in the chat that is to become the moderators' chat of `chat_id`."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    session.add(LinkCode(code_hash=_hash(code), chat_id=chat_id, user_id=user_id, expires_at=now() + VALID_FOR))
    session.flush()
    return code


def is_code(words: str) -> bool:
    """Whether the words look like a code, used or not; other words after the command are no attempt to link."""
    code = words.strip().upper()
    return len(code) == LENGTH and set(code) <= set(LETTERS)


def group_of(session: Session, code: str, user_id: int) -> Chat | None:
    """The group that the code is for, if the code is this person's and valid, which it stays; else None."""
    groups = select(Chat).join(LinkCode, LinkCode.chat_id == Chat.id).where(*_is_valid(code, user_id))
    return session.scalars(groups).one_or_none()


def use(session: Session, code: str, user_id: int, moderators_chat_id: int) -> Chat | None:
    """Link the chat to the code's group, if the code is this person's and valid. Returns the group, else None.

    Whether the person may do that, in either chat, only Telegram knows: who calls this has asked.
    """
    chat = group_of(session, code, user_id)
    if chat is None or chat.external_id == moderators_chat_id:
        return None
    used = update(LinkCode).where(*_is_valid(code, user_id)).values(used_at=now())
    if session.scalars(used.returning(LinkCode.chat_id)).one_or_none() is None:  # at the same moment, elsewhere
        return None
    chat.moderators_chat_id = moderators_chat_id
    audit.note(session, f"telegram:{user_id}", "setting", f"moderators' chat: {moderators_chat_id}", chat.id)
    return chat


def _is_valid(code: str, user_id: int) -> tuple[ColumnElement[bool], ...]:
    is_theirs = (LinkCode.code_hash == _hash(code)) & (LinkCode.user_id == user_id)
    return is_theirs, LinkCode.used_at.is_(None), LinkCode.expires_at > now()


def end(session: Session, external_id: int, by: str) -> list[Chat]:
    """The chat is no group's moderators' chat any more; where it is none, it has none of its own any more.

    Returns the groups whose link has ended.
    """
    present = moves.present(session, external_id)
    linked = select(Chat).where(Chat.platform == Platform.TELEGRAM, Chat.moderators_chat_id.is_not(None))
    linked = linked.order_by(Chat.id)
    groups = list(session.scalars(linked.where(Chat.moderators_chat_id == present)))
    groups = groups or list(session.scalars(linked.where(Chat.external_id == present)))
    for group in groups:
        group.moderators_chat_id = None
        audit.note(session, by, "setting", "moderators' chat: none", group.id)
    session.flush()
    return groups


def groups_of(session: Session, moderators_chat_id: int, common: int | None = None) -> list[Chat]:
    """The groups whose moderators read in that chat; in the `common` one, also of groups without a chat of their own."""
    moderators_chat_id, common = _present(session, moderators_chat_id, common)
    reads_there = Chat.moderators_chat_id == moderators_chat_id
    if moderators_chat_id == common:
        is_read_in = Chat.external_id.in_(_linked()) | (Chat.external_id == common)
        reads_there |= Chat.moderators_chat_id.is_(None) & ~is_read_in
    groups = select(Chat).where(Chat.platform == Platform.TELEGRAM, reads_there)
    return list(session.scalars(groups.order_by(Chat.id)))


def is_moderators_chat(session: Session, external_id: int, common: int | None = None) -> bool:
    """Whether that chat is a moderators' chat, where nobody is moderated."""
    return bool(session.scalar(IS_MODERATORS_CHAT, {"chat": external_id, "common": common}))


def _present(session: Session, external_id: int, common: int | None) -> tuple[int, int | None]:
    """The present numbers of a chat and of the common one: an update or the setting may name an old one."""
    return moves.present(session, external_id), None if common is None else moves.present(session, common)


def _linked() -> Select[int | None]:
    return select(Chat.moderators_chat_id).where(Chat.moderators_chat_id.is_not(None))


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
