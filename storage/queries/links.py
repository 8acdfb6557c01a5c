"""Which chat is whose moderators' chat: linked by a code that a moderator of the group is given, once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from storage.models import Chat, LinkCode, Platform, now
from storage.queries import audit, moves

VALID_FOR = timedelta(minutes=15)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
LENGTH = 10


def new_code(session: Session, chat_id: int, user_id: int) -> str:
    """A code that this person can say in the chat that is to become the moderators' chat of `chat_id`."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    session.add(LinkCode(code_hash=_hash(code), chat_id=chat_id, user_id=user_id, expires_at=now() + VALID_FOR))
    session.flush()
    return code


def is_code(words: str) -> bool:
    """Whether it looks like a code, used up or not; what else stands behind the command is no attempt to link."""
    code = words.strip().upper()
    return len(code) == LENGTH and set(code) <= set(LETTERS)


def use(session: Session, code: str, user_id: int, moderators_chat_id: int) -> Chat | None:
    """Link the chat the code was said in, if this person was given it and it is fresh. Returns the group, else None."""
    fresh = update(LinkCode).where(LinkCode.code_hash == _hash(code), LinkCode.user_id == user_id)
    fresh = fresh.where(LinkCode.used_at.is_(None), LinkCode.expires_at > now()).values(used_at=now())
    chat_id = session.scalars(fresh.returning(LinkCode.chat_id)).one_or_none()
    if chat_id is None:
        return None
    chat = session.get_one(Chat, chat_id)
    if chat.external_id == moderators_chat_id:
        return None
    chat.moderators_chat_id = moderators_chat_id
    audit.note(session, f"telegram:{user_id}", "setting", f"moderators' chat: {moderators_chat_id}", chat_id)
    return chat


def groups_of(session: Session, moderators_chat_id: int, common: int | None = None) -> list[Chat]:
    """The groups whose moderators read in that chat; in the `common` one, those that have no moderators' chat of their own."""
    reads_there, common = Chat.moderators_chat_id == moderators_chat_id, _present(session, common)
    if moderators_chat_id == common:
        is_read_in = Chat.external_id.in_(_linked()) | (Chat.external_id == common)
        reads_there |= Chat.moderators_chat_id.is_(None) & ~is_read_in
    groups = select(Chat).where(Chat.platform == Platform.TELEGRAM, reads_there)
    return list(session.scalars(groups.order_by(Chat.id)))


def is_moderators_chat(session: Session, external_id: int, common: int | None = None) -> bool:
    """Whether moderators read in that chat, so that nobody there is moderated."""
    if external_id == _present(session, common):
        return True
    return session.scalars(select(Chat.id).filter_by(moderators_chat_id=external_id).limit(1)).first() is not None


def _present(session: Session, common: int | None) -> int | None:
    """The number that the chat of the setting has now."""
    return moves.present(session, common) if common is not None else None


def _linked() -> Select[int | None]:
    return select(Chat.moderators_chat_id).where(Chat.moderators_chat_id.is_not(None))


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
