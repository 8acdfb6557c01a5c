"""Login links and sessions of the review site. Tokens are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.access import audit
from storage.models import Chat, LoginLink, LoginSession, Platform, Role, now

LINK_MINUTES = 15
SESSION_DAYS = 30


def new_link(session: Session, name: str) -> str:
    """A token that logs the operator in once, within LINK_MINUTES."""
    return _link(session, LoginLink(name=name, role=Role.OPERATOR))


def new_moderators_link(session: Session, name: str, user_id: int, chat_ids: Sequence[int]) -> str:
    """The same for a Telegram user, who sees only the chats that they moderate."""
    person = LoginLink(name=name, role=Role.MODERATOR, user_id=user_id, chat_ids=list(chat_ids))
    return _link(session, person)


def _link(session: Session, link: LoginLink) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash, link.expires_at = _hash(token), now() + timedelta(minutes=LINK_MINUTES)
    session.add(link)
    audit.note(session, link.actor, "login link", f"{link.name}, {link.role}")
    return token


def opens(session: Session, token: str) -> bool:
    """Whether the link exists and is neither used nor expired."""
    return session.scalars(select(LoginLink.token_hash).where(_is_usable(token))).first() is not None


def _is_usable(token: str) -> ColumnElement[bool]:
    return (LoginLink.token_hash == _hash(token)) & LoginLink.used_at.is_(None) & (LoginLink.expires_at > now())


def use_link(session: Session, token: str) -> str | None:
    """Use the link up. Returns a new session's token, or None where the link is unknown, used or expired."""
    used = update(LoginLink).where(_is_usable(token)).values(used_at=now()).returning(LoginLink)
    link = session.execute(used.execution_options(synchronize_session=False)).scalar_one_or_none()
    return None if link is None else _new_session(session, link)


def _new_session(session: Session, link: LoginLink) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(token),
            name=link.name,
            role=link.role,
            user_id=link.user_id,
            chat_ids=link.chat_ids,
            csrf_token=secrets.token_urlsafe(32),
            expires_at=now() + timedelta(days=SESSION_DAYS),
        )
    )
    audit.note(session, link.actor, "login", f"{link.name}, {link.role}")
    return token


def open_session(session: Session, token: str) -> LoginSession | None:
    """The session of that cookie, unless it has expired."""
    alive = (LoginSession.token_hash == _hash(token)) & (LoginSession.expires_at > now())
    return session.scalars(select(LoginSession).where(alive)).one_or_none()


def end_session(session: Session, token: str) -> None:
    """Log this browser out."""
    session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash(token)))


def end_all_sessions(session: Session, login: LoginSession) -> None:
    """Log this person out everywhere, and use up their waiting links."""
    session.execute(update(LoginLink).where(_of(LoginLink, login)).values(used_at=now()))
    session.execute(delete(LoginSession).where(_of(LoginSession, login)))
    audit.note(session, login.actor, "logout everywhere", login.name)


def end_sessions_of(session: Session, who: str | None, by: str) -> tuple[int, int]:
    """Log out whoever has that name or is that actor (None: everybody), and delete their waiting links.

    Returns how many sessions and how many waiting links these were.
    """
    ended = []
    for table in (LoginLink, LoginSession):
        theirs = [login for login in session.scalars(_alive(table)) if who in (None, login.name, login.actor)]
        ended.append(sum(not isinstance(login, LoginLink) or login.used_at is None for login in theirs))
        for login in theirs:
            session.delete(login)
    links, sessions = ended
    if links or sessions:
        audit.note(session, by, "logout everywhere", "--all" if who is None else who)
    return sessions, links


def logged_in(session: Session) -> list[str]:
    """The names of those who have a session."""
    return sorted({login.name for login in session.scalars(_alive(LoginSession))})


def moderators(session: Session) -> list[tuple[int, int]]:
    """Moderators with a session or a waiting link: each user id with each of their chats, by Telegram's numbers."""
    logins = [login for table in (LoginLink, LoginSession) for login in session.scalars(_of_moderators(table))]
    pairs = {(login.user_id, chat_id) for login in logins for chat_id in login.chat_ids or ()}
    chats = select(Chat).where(Chat.id.in_({chat_id for _, chat_id in pairs}))
    numbers = {chat.id: chat.external_id for chat in session.scalars(chats)}
    return sorted((user_id, numbers[chat_id]) for user_id, chat_id in pairs if chat_id in numbers)


def _alive(table: type[LoginLink] | type[LoginSession]) -> Select[Any]:
    return select(table).where(table.expires_at > now())


def _of_moderators(table: type[LoginLink] | type[LoginSession]) -> Select[Any]:
    return _alive(table).where(table.role == Role.MODERATOR)


def moderates_no_more(session: Session, chat_external_id: int, user_id: int) -> None:
    """Remove a chat from this person's sessions and waiting links; what is left without any chat is deleted."""
    chat = session.scalars(
        select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=chat_external_id)
    ).one_or_none()
    for table in (LoginLink, LoginSession):
        for login in session.scalars(_of_moderators(table).where(table.user_id == user_id).with_for_update()):
            if chat is not None and chat.id in (login.chat_ids or []):
                login.chat_ids = [one for one in login.chat_ids or [] if one != chat.id]
                audit.note(session, login.actor, "moderates no more", login.name, chat.id)
                if not login.chat_ids:
                    session.delete(login)


def _of(table: type[LoginLink] | type[LoginSession], login: LoginSession) -> ColumnElement[bool]:
    """Whether a row belongs to the same person as the session."""
    same = table.role == login.role
    return same & (table.name == login.name if login.user_id is None else table.user_id == login.user_id)


def forget_expired(session: Session) -> None:
    """Delete expired links and sessions."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at < now() - timedelta(days=1)))
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
