"""Login links and sessions of the review site. Tokens are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import LoginLink, LoginSession, Role, now
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


def use_link(session: Session, token: str) -> str | None:
    """Spend the link. Returns a new session's token, or None where it is unknown, spent or too old."""
    unspent = (LoginLink.token_hash == _hash(token)) & LoginLink.used_at.is_(None) & (LoginLink.expires_at > now())
    spent = update(LoginLink).where(unspent).values(used_at=now()).returning(LoginLink)
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


def _of(table: type[LoginLink] | type[LoginSession], login: LoginSession) -> ColumnElement[bool]:
    same = table.role == login.role
    return same & (table.name == login.name if login.user_id is None else table.user_id == login.user_id)


def forget_expired(session: Session) -> None:
    """Delete links and sessions that no longer open anything."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at < now() - timedelta(days=1)))
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
