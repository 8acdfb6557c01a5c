"""What `actions` is able to do: calls to other addresses, reading pictures. Switches that it sets, for every process to read."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.models import Switch, now
from storage.upsert import insert_once

WEBHOOK, SECOND_OPINION, SPAMMER_LIST, PICTURES = "webhook", "second opinion", "spammer list", "pictures"


def is_on(session: Session, name: str) -> bool:
    """Whether it is configured."""
    return session.get(Switch, name) is not None


def record(session: Session, name: str, *, on: bool) -> None:
    """Record whether it is configured."""
    if on:
        insert_once(session, Switch, {"name": name, "set_by": "the settings", "set_at": now()})
    else:
        session.execute(delete(Switch).where(Switch.name == name))
