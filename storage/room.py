"""Whether a SQLite database has room to grow: on its disk, and below its own maximum size."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

LEAST_BYTES = 4_000_000  # SQLite's write-ahead log grows to this size before it is emptied


def shortage(session: Session, least_bytes: int = LEAST_BYTES) -> str | None:
    """A warning where there is little or no room; None otherwise, and for PostgreSQL, whose disk may be elsewhere."""
    address = session.connection().engine.url
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    consequence = "what is said waits with Telegram, for a day, until there is room"
    if _is_at_its_limit(session):
        return f"the database {address.database} is as large as it may be: {consequence}"
    try:
        free = shutil.disk_usage(Path(address.database).parent).free
    except OSError:  # a database that cannot be reached is reported elsewhere
        return None
    if free >= least_bytes:
        return None
    return f"the disk of the database {address.database} has {free / 1e6:.1f} MB left: {consequence}"


def _is_at_its_limit(session: Session) -> bool:
    """Whether SQLite may not add pages to the file and has no free one in it."""
    pages, most, free = (_pragma(session, name) for name in ("page_count", "max_page_count", "freelist_count"))
    return pages >= most and free == 0


def _pragma(session: Session, name: str) -> int:
    return int(session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one())
