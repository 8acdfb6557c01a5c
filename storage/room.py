"""Whether a SQLite database has room to grow: on its disk, and within the limit that its own settings give it."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

LEAST_BYTES = 4_000_000  # which SQLite's own log beside the file grows to before it is emptied


def shortage(session: Session, least_bytes: int = LEAST_BYTES) -> str | None:
    """What to say where there is none, or next to none; nothing of PostgreSQL, whose disk is another machine's perhaps."""
    address = session.connection().engine.url
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    what = "what is said waits with Telegram, for a day, until there is room"
    if _is_at_its_limit(session):
        return f"the database {address.database} is as large as it may be: {what}"
    try:
        free = shutil.disk_usage(Path(address.database).parent).free
    except OSError:  # a database that cannot be reached is said elsewhere
        return None
    if free >= least_bytes:
        return None
    return f"the disk of the database {address.database} has {free / 1e6:.1f} MB left: {what}"


def _is_at_its_limit(session: Session) -> bool:
    """Whether SQLite may add no page to the file and has none in it that is free."""
    pages, most, free = (_pragma(session, name) for name in ("page_count", "max_page_count", "freelist_count"))
    return pages >= most and free == 0


def _pragma(session: Session, name: str) -> int:
    return int(session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one())
