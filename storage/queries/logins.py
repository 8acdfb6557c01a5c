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

from storage.models import Chat, LoginLink, LoginSession, Platform, Role, now
from storage.queries import audit

LINK_MINUTES = 15
SESSION_DAYS = 30


def new_link(session: Session, name: str) -> str:
    """A token that logs the operator `name` in once, within LINK_MINUTES."""
    return _link(session, LoginLink(name=name, role=Role.OPERATOR))


def new_moderators_link(session: Session, name: str, user_id: int, chat_ids: Sequence[int]) -> str:
    """The same for a person of Telegram, who sees the chats they moderate and no others."""
    person = LoginLink(name=name, role=Role.MODERATOR, user_id=user_id, chat_ids=list(chat_ids))
    return _link(session, person)


def _link(session: Session, link: LoginLink) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash, link.expires_at = _hash(token), now() + timedelta(minutes=LINK_MINUTES)
    session.add(link)
    audit.note(session, link.actor, "login link", f"{link.name}, {link.role}")
    return token


def opens(session: Session, token: str) -> bool:
    """Whether the link is known, and neither spent nor too old."""
    return session.scalars(select(LoginLink.token_hash).where(_unspent(token))).first() is not None


def _unspent(token: str) -> ColumnElement[bool]:
    return (LoginLink.token_hash == _hash(token)) & LoginLink.used_at.is_(None) & (LoginLink.expires_at > now())


def use_link(session: Session, token: str) -> str | None:
    """Spend the link. Returns a new session's token, or None where it is unknown, spent or too old."""
    spent = update(LoginLink).where(_unspent(token)).values(used_at=now()).returning(LoginLink)
    link = session.execute(spent.execution_options(synchronize_session=False)).scalar_one_or_none()
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
    """The session of that cookie, while it lasts."""
    alive = (LoginSession.token_hash == _hash(token)) & (LoginSession.expires_at > now())
    return session.scalars(select(LoginSession).where(alive)).one_or_none()


def end_session(session: Session, token: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash(token)))


def end_all_sessions(session: Session, login: LoginSession) -> None:
    """Log this person out everywhere; their links that wait open nothing either."""
    session.execute(update(LoginLink).where(_of(LoginLink, login)).values(used_at=now()))
    session.execute(delete(LoginSession).where(_of(LoginSession, login)))
    audit.note(session, login.actor, "logout everywhere", login.name)


def moderators(session: Session) -> list[tuple[int, int]]:
    """Who may decide on the site now, or by a link that waits: each person with each of their chats, as Telegram numbers them."""
    found = [login for table in (LoginLink, LoginSession) for login in session.scalars(_of_moderators(table))]
    theirs = {(login.user_id, chat_id) for login in found for chat_id in login.chat_ids or ()}
    known = select(Chat).where(Chat.id.in_({chat_id for _, chat_id in theirs}))
    numbers = {chat.id: chat.external_id for chat in session.scalars(known)}
    return sorted((user_id, numbers[chat_id]) for user_id, chat_id in theirs if chat_id in numbers)


def _of_moderators(table: type[LoginLink] | type[LoginSession]) -> Select[Any]:
    return select(table).where(table.role == Role.MODERATOR, table.expires_at > now())


def moderates_no_more(session: Session, chat_external_id: int, user_id: int) -> None:
    """Take a chat from what this person sees and decides on the site, and from their links that wait."""
    chat = session.scalars(
        select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=chat_external_id)
    ).one_or_none()
    for table in (LoginLink, LoginSession):
        for login in session.scalars(_of_moderators(table).where(table.user_id == user_id).with_for_update()):
            if chat is not None and chat.id in (login.chat_ids or []):
                login.chat_ids = [one for one in login.chat_ids or [] if one != chat.id]
                audit.note(session, login.actor, "moderates no more", login.name, chat.id)


def _of(table: type[LoginLink] | type[LoginSession], login: LoginSession) -> ColumnElement[bool]:
    same = table.role == login.role
    return same & (table.name == login.name if login.user_id is None else table.user_id == login.user_id)


def forget_expired(session: Session) -> None:
    """Delete links and sessions that no longer open anything."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at < now() - timedelta(days=1)))
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
