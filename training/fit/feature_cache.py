"""The frozen trunk's outputs on disk, by a hash of what they were computed from.

One SQLite file: safe under concurrent runs, each entry whole or absent, checked when it is read, bounded by dropping
the entries used least recently. It is a cache: deleting it costs nothing but time.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
import structlog
import torch
from torch import Tensor

KEYS_AT_ONCE = 500  # keys in one statement; SQLite allows 32,766
BUSY_SECONDS = 60.0  # to wait for another run's write
UNUSED_SECONDS = 30 * 86_400  # of a text that no run has read for so long nothing stays: it may have been erased
TABLES = (  # the blobs are in a table of their own, so that recording a use does not rewrite them
    "CREATE TABLE IF NOT EXISTS features (key BLOB PRIMARY KEY, hidden BLOB NOT NULL, checksum BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS uses (key BLOB PRIMARY KEY, size INTEGER NOT NULL, used_at REAL NOT NULL) WITHOUT ROWID",
)

log = structlog.get_logger()


class FeatureCache:
    """Hidden states (T, D), fp16, by the key of text and trunk. A cache that cannot be read or written is a miss."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._path, self._limit = path, limit_bytes

    def get(self, keys: Sequence[bytes], width: int) -> dict[bytes, Tensor]:
        """The cached ones of these keys, each (T, width). A damaged entry counts as absent and will be written anew."""
        cached: dict[bytes, Tensor] = {}
        try:
            with self._open() as database:
                for start in range(0, len(keys), KEYS_AT_ONCE):
                    cached |= _read(database, keys[start : start + KEYS_AT_ONCE], width)
        except (sqlite3.Error, OSError) as error:
            self._begin_anew(error)
        return cached

    def put(self, entries: Iterable[tuple[bytes, Tensor]]) -> None:
        """Store these."""
        rows = [(k, blob := hidden.numpy().tobytes(), _checksum(k, blob)) for k, hidden in entries]
        try:
            with self._open() as database:
                database.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?)", rows)
                uses = [(k, len(blob), time.time()) for k, blob, _ in rows]
                database.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?, ?)", uses)
        except (sqlite3.Error, OSError) as error:
            self._begin_anew(error)

    def trim(self) -> None:
        """Drop the entries unused for UNUSED_SECONDS, and those used least recently until the cache is within its limit."""
        try:
            with self._open() as database:
                _trim(database, self._limit)
        except (sqlite3.Error, OSError) as error:
            self._begin_anew(error)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as database:
            database.execute("PRAGMA auto_vacuum=INCREMENTAL")
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA secure_delete=ON")
            database.execute("PRAGMA synchronous=OFF")  # what a power cut loses is computed again
            for table in TABLES:
                database.execute(table)
            with database:
                yield database

    def _begin_anew(self, error: Exception) -> None:
        """Delete a file that is no database; a full disk or a locked file is only logged."""
        log.warning("feature cache out of use, computing instead", path=str(self._path), reason=str(error))
        is_damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        for path in (self._path, *self._path.parent.glob(f"{self._path.name}-*")):
            if is_damaged:
                with suppress(OSError):  # a folder that cannot be written to
                    path.unlink(missing_ok=True)


def key(trunk_hash: str, ids: Sequence[int]) -> bytes:
    """An entry's key: a hash of the trunk and of the token ids."""
    return hashlib.sha256(trunk_hash.encode() + np.asarray(ids, dtype="<i4").tobytes()).digest()


def _read(database: sqlite3.Connection, keys: Sequence[bytes], width: int) -> dict[bytes, Tensor]:
    marks = ",".join("?" * len(keys))
    rows = database.execute(f"SELECT key, hidden, checksum FROM features WHERE key IN ({marks})", keys).fetchall()
    whole = {k: _tensor(blob, width) for k, blob, checksum in rows if checksum == _checksum(k, blob)}
    if len(whole) < len(rows):
        log.warning("damaged features are computed again", entries=len(rows) - len(whole))
    now = time.time()
    database.executemany("UPDATE uses SET used_at = ? WHERE key = ?", [(now, k) for k in whole])
    return whole


def _trim(database: sqlite3.Connection, limit: int) -> None:
    total = database.execute("SELECT coalesce(sum(size), 0) FROM uses").fetchone()[0]
    before, dropped = time.time() - UNUSED_SECONDS, []
    for k, size, used_at in database.execute("SELECT key, size, used_at FROM uses ORDER BY used_at, key"):
        if total <= limit and used_at >= before:
            break
        dropped.append((k,))
        total -= size
    for table in ("features", "uses"):
        database.executemany(f"DELETE FROM {table} WHERE key = ?", dropped)
    database.executescript("PRAGMA incremental_vacuum")  # by `execute`, Python stops after the first page


def _tensor(blob: bytes, width: int) -> Tensor:
    return torch.frombuffer(bytearray(blob), dtype=torch.float16).view(-1, width)


def _checksum(k: bytes, blob: bytes) -> bytes:
    """Eight bytes that change with a flipped bit, a truncation or another entry's content."""
    return hashlib.blake2b(blob, digest_size=8, key=k).digest()
