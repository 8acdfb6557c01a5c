"""What the database says: sizes, delays, which version judged, what retention left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from storage.models import now
from storage.session import reading

SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
JUDGED = (
    "SELECT m.message_id, v.created_at FROM verdicts v JOIN messages m ON m.id = v.message_id WHERE NOT v.is_shadow"
)
BY_VERSION = """
SELECT w.name, count(*) FROM verdicts v JOIN model_versions w ON w.id = v.model_version_id
WHERE NOT v.is_shadow AND v.created_at >= :since GROUP BY w.name"""
RUNS = "SELECT state, count(*) FROM runs GROUP BY state"
RETRAINED = "SELECT count(*) FROM runs WHERE model_version_id IS NOT NULL"
OLD = "SELECT count(*) FROM messages WHERE received_at < :before"
LEFT = OLD + " AND text <> ''"


def size(engine: Engine) -> int:
    """Bytes of all tables with their indexes."""
    return int(_one(engine, SIZE))


def by_version(engine: Engine, since: datetime) -> dict[str, int]:
    """How many messages each version has judged since then, as champion."""
    return _counts(engine, BY_VERSION, since=since)


def runs(engine: Engine) -> dict[str, int]:
    """How many runs there are in each state."""
    return _counts(engine, RUNS)


def retrained(engine: Engine) -> int:
    """How many runs made a version."""
    return int(_one(engine, RETRAINED))


def delays(engine: Engine, written: Mapping[int, datetime]) -> list[tuple[int, float]]:
    """The messages' numbers in the order in which they were written, each with the seconds to its first verdict."""
    judged: dict[int, datetime] = {}
    with reading(engine) as session:
        for number, at in session.execute(text(JUDGED)):
            judged[number] = min(at, judged.get(number, at))
    return [(number, (judged[number] - at).total_seconds()) for number, at in written.items() if number in judged]


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    ordered = sorted(seconds)
    return {
        f"p{percent}": round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)], 3) for percent in (50, 99)
    }


def retention(engine: Engine, kept: timedelta, longest: float, ring: Callable[[], None]) -> dict[str, Any]:
    """Ring for the tidying and wait until no text is left that was past its retention then, or so many seconds."""
    before, began = now() - kept, time.monotonic()
    old = int(_one(engine, OLD, before=before))
    ring()
    while (left := int(_one(engine, LEFT, before=before))) and time.monotonic() - began < longest:
        time.sleep(0.2)
    return {"old": old, "left": left, "seconds": round(time.monotonic() - began, 1)}


def _one(engine: Engine, statement: str, **values: Any) -> Any:
    with reading(engine) as session:
        return session.execute(text(statement), values).scalar_one()


def _counts(engine: Engine, statement: str, **values: Any) -> dict[str, int]:
    with reading(engine) as session:
        return {str(name): count for name, count in session.execute(text(statement), values)}
