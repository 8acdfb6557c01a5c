"""Clients of the HTTP API and their tokens, which are stored as hashes only.

Requests are counted in SQL, because several review processes may run, and separate counts would multiply the limit. One
UPDATE finds the client, counts the request and records its time.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from storage.errors import ClientExists, UnknownClient
from storage.models import Client, Scope, now

DEFAULT_RATE = 600  # requests a minute


def add(session: Session, name: str, scopes: Sequence[Scope], requests_a_minute: int = DEFAULT_RATE) -> str:
    """A new token for that client, or another after its token was revoked. Raises ClientExists."""
    existing = session.scalars(select(Client).where(Client.name == name)).one_or_none()
    if existing is not None and existing.revoked_at is None:
        raise ClientExists(name)
    client = existing or Client(name=name)
    token = f"hamlet_{secrets.token_urlsafe(32)}"
    client.token_hash, client.scopes = _hash(token), sorted(set(scopes))
    client.requests_a_minute, client.revoked_at = requests_a_minute, None
    session.add(client)
    session.flush()
    return token


def every(session: Session) -> list[Client]:
    """All clients, revoked ones too, the first added first."""
    return list(session.scalars(select(Client).order_by(Client.id)))


def revoke(session: Session, name: str) -> Client:
    """Revoke the client's token. Raises UnknownClient."""
    client = session.scalars(select(Client).where(Client.name == name)).one_or_none()
    if client is None:
        raise UnknownClient(name)
    client.revoked_at = client.revoked_at or now()
    session.flush()
    return client


def spend(session: Session, token: str) -> Client | None:
    """The client of that token, with this request counted; None where the token is unknown or revoked.

    The limit is exceeded where `requests` is more than `requests_a_minute`.
    """
    minute = int(time.time() // 60)
    counted = case((Client.minute == minute, Client.requests + 1), else_=1)
    own = update(Client).where(Client.token_hash == _hash(token), Client.revoked_at.is_(None))
    counting = own.values(minute=minute, requests=counted, last_used_at=now()).returning(Client)
    return session.scalars(counting.execution_options(synchronize_session=False)).one_or_none()


def seconds_to_wait() -> int:
    """Seconds until the next minute begins, and with it a new count."""
    return 60 - int(time.time() % 60)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
