"""Login links and sessions of the review site. Tokens are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import LoginLink, LoginSession, now

LINK_MINUTES = 15
SESSION_DAYS = 30


def new_link(session: Session, name: str) -> str:
    """A token that logs `name` in once, within LINK_MINUTES."""
    token = secrets.token_urlsafe(32)
    session.add(LoginLink(token_hash=_hash(token), name=name, expires_at=now() + timedelta(minutes=LINK_MINUTES)))
    return token


def use_link(session: Session, token: str) -> str | None:
    """Spend the link. Returns a new session's token, or None where it is unknown, spent or too old."""
    unspent = (LoginLink.token_hash == _hash(token)) & LoginLink.used_at.is_(None) & (LoginLink.expires_at > now())
    spent = update(LoginLink).where(unspent).values(used_at=now()).returning(LoginLink.name)
    name = session.execute(spent.execution_options(synchronize_session=False)).scalar_one_or_none()
    return None if name is None else _new_session(session, name)


def _new_session(session: Session, name: str) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(token),
            name=name,
            csrf_token=secrets.token_urlsafe(32),
            expires_at=now() + timedelta(days=SESSION_DAYS),
        )
    )
    return token


def open_session(session: Session, token: str) -> LoginSession | None:
    """The session of that cookie, while it lasts."""
    alive = (LoginSession.token_hash == _hash(token)) & (LoginSession.expires_at > now())
    return session.scalars(select(LoginSession).where(alive)).one_or_none()


def end_session(session: Session, token: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash(token)))


def forget_expired(session: Session) -> None:
    """Delete links and sessions that no longer open anything."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at < now() - timedelta(days=1)))
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
