"""When each message got its verdict, and what is lost or doubled in the end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Engine, text

from storage.errors import StorageError
from storage.session import reading

NEW_VERDICTS = """
SELECT v.id, m.message_id FROM verdicts v JOIN messages m ON m.id = v.message_id
WHERE NOT v.is_shadow AND v.id > :after"""
ALL_VERDICTS = "SELECT m.message_id FROM verdicts v JOIN messages m ON m.id = v.message_id WHERE NOT v.is_shadow"
PENDING = {
    "messages": "SELECT count(*) FROM messages WHERE state = 'pending'",
    "updates": "SELECT count(*) FROM updates WHERE handled_at IS NULL",
    "actions": "SELECT count(*) FROM actions WHERE state = 'pending'",
}
FAILED = {
    "messages": "SELECT error FROM messages WHERE state = 'failed'",
    "actions": "SELECT error FROM actions WHERE state = 'failed'",
}
OVERLAP = 500  # verdicts read again: transactions commit in another order than they number their rows


class Watch(threading.Thread):
    """Notes when each message was written and when its verdict was there, by its own clock."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self._after = 0
        self._over = threading.Event()
        self.written: dict[int, float] = {}
        self.judged: dict[int, float] = {}

    def run(self) -> None:
        while not self._over.wait(0.2):
            with suppress(StorageError):
                self.look()

    def look(self) -> None:
        """Note the verdicts that are new. Raises StorageError where the database is away."""
        with reading(self._engine()) as session:
            rows = session.execute(text(NEW_VERDICTS), {"after": self._after - OVERLAP}).all()
        present = time.monotonic()
        for verdict_id, message_id in rows:
            self._after = max(self._after, verdict_id)
            self.judged.setdefault(message_id, present)

    def end(self) -> None:
        self._over.set()
        self.join()

    @property
    def longest_delay(self) -> float:
        """Seconds from writing to verdict, of the message that waited longest."""
        delays = [self.judged[m] - at for m, at in self.written.items() if m in self.judged]
        return max(delays, default=0.0)


def pending(engine: Engine) -> dict[str, int]:
    """What still waits, by table, without what is done. Raises StorageError."""
    with reading(engine) as session:
        counts = {name: int(session.execute(text(query)).scalar_one()) for name, query in PENDING.items()}
    return {name: count for name, count in counts.items() if count}


def failures(engine: Engine) -> dict[str, list[str]]:
    """Why messages and actions were given up."""
    with reading(engine) as session:
        reasons = {name: [str(row[0]) for row in session.execute(text(query))] for name, query in FAILED.items()}
    return {name: rows for name, rows in reasons.items() if rows}


def verdicts(engine: Engine) -> Counter[int]:
    """How many verdicts each message has, by its number at Telegram."""
    with reading(engine) as session:
        return Counter(row[0] for row in session.execute(text(ALL_VERDICTS)))
