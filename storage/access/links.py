"""Moderators' chats, linked to their groups by one-time codes that a group's moderator is given."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Select, exists, select, update
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


def use(session: Session, code: str, user_id: int, moderators_chat_id: int) -> Chat | None:
    """Link the chat to the code's group, if the code is this person's and valid. Returns the group, else None."""
    valid = update(LinkCode).where(LinkCode.code_hash == _hash(code), LinkCode.user_id == user_id)
    valid = valid.where(LinkCode.used_at.is_(None), LinkCode.expires_at > now()).values(used_at=now())
    chat_id = session.scalars(valid.returning(LinkCode.chat_id)).one_or_none()
    if chat_id is None:
        return None
    chat = session.get_one(Chat, chat_id)
    if chat.external_id == moderators_chat_id:
        return None
    chat.moderators_chat_id = moderators_chat_id
    audit.note(session, f"telegram:{user_id}", "setting", f"moderators' chat: {moderators_chat_id}", chat_id)
    return chat


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
