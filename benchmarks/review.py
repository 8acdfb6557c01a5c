"""`python -m benchmarks.review --json`: the server time of the queue and of Quality on a real PostgreSQL with a million messages.

rows             messages, each with a verdict; one in 20 is flagged, nearly all of those decided, one in 100 of the rest
                 is drawn for audit, one in 50 reported, the newest 50,000 judged by a shadow too
queue_median_ms  the queue as it opens, from the request to the last byte, median of the requests after warm-up
worst_median_ms  the same of the slowest view, named in `worst_view`
quality_median_ms  the same of Quality over 30 days, of all chats
by_view          median and 95th percentile of every view; the page shows the queue for a view that it does not have
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, text

from benchmarks.bench import answer, options, say
from review.app import create_app
from review.settings import ReviewSettings
from storage.access import logins
from storage.moderation import quality_counts
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from tests.servers import Postgres

ROWS, FAST_ROWS = 1_000_000, 100_000
REQUESTS, FAST_REQUESTS, WARM_UP = 40, 15, 5
CHATS, SHADOWED = 20, 50_000
DEFAULT = "queue"
VIEWS = {
    DEFAULT: "",
    "all flagged": "show=all",
    "all flagged, deep": "show=all&before={middle}",
    "audit": "show=audit",
    "disagreements": "show=disagreements",
    "disputed": "show=disputed",
    "decided": "show=decided",
    "everything": "show=everything",
    "by doubt": "order=doubt",
    "all by doubt": "show=all&order=doubt",
    "everything by doubt": "show=everything&order=doubt",
    "by reports": "order=reported",
    "all by reports": "show=all&order=reported",
    "one chat": "chat=7",
    "one chat by doubt": "chat=7&order=doubt",
    "everything of one chat": "show=everything&chat=7",
    "one version": "model=v1",
    "reported": "reported=true",
    "edited": "edited=true",
    "models differ": "differs=true",
    "a common word": "q=prize",
    "a rare word": "show=everything&q=zyzzyva",
    "no such word": "show=everything&q=nowhere",
}
QUALITY = "quality of 30 days"
PAGES = {
    **{name: f"/review?{query}" for name, query in VIEWS.items()},
    QUALITY: "/quality?days=30",
    "quality of 7 days": "/quality?days=7",
    "quality of one chat": "/quality?days=30&chat=7",
}

FILL = (
    """INSERT INTO model_versions (name, state, review_threshold, act_threshold, examples_hash, metrics)
       SELECT 'v' || n, CASE n WHEN 1 THEN 'champion' ELSE 'shadow' END, 0.5, 0.9, repeat('0', 64), '{}'
       FROM generate_series(1, 2) n""",
    """INSERT INTO chats (platform, external_id, title, mode)
       SELECT 'telegram', -1000 - n, 'group ' || n, 'training' FROM generate_series(1, :chats) n""",
    """INSERT INTO messages (chat_id, message_id, edit, author_id, author_name, text, sent_at, state)
       SELECT 1 + n % :chats, n, (n % 97 = 0)::int, n % 5000, 'member ' || n % 5000,
              CASE WHEN n % 20 = 0 THEN 'You won a prize, number ' || n || ', call before noon and it is yours'
                   WHEN n % 100003 = 0 THEN 'zyzzyva ' || n
                   ELSE 'I shall be late for lunch, do not wait for me, start with the soup ' || n END,
              now() - (:rows - n) * interval '2 seconds', CASE WHEN n % 20 = 0 THEN 'spam' ELSE 'ham' END
       FROM generate_series(1, :rows) n""",
    """INSERT INTO earlier_texts (message_id, edit, text) SELECT id, 0, 'lunch?' FROM messages WHERE edit = 1""",
    """INSERT INTO verdicts (message_id, edit, model_version_id, score, review_threshold, act_threshold, is_spam,
                             is_audited, created_at)
       SELECT id, edit, 1, CASE WHEN state = 'spam' THEN 0.5 + random() / 2 ELSE random() / 2 END, 0.5, 0.9,
              state = 'spam', state = 'ham' AND id % 100 = 1, sent_at FROM messages ORDER BY id""",
    """INSERT INTO verdicts (message_id, edit, model_version_id, score, review_threshold, act_threshold, is_spam,
                             is_shadow, disagrees, created_at)
       SELECT id, edit, 2, 0.4, 0.5, 0.9, (state = 'spam') <> (id % 50 = 0), true, id % 50 = 0, sent_at
       FROM messages WHERE id > :rows - :shadowed ORDER BY id""",
    """INSERT INTO corrections (verdict_id, actor, actor_name, is_spam, state, created_at)
       SELECT id, 'web:ann', 'ann', id % 40 <> 0, CASE WHEN id % 1000 = 0 THEN 'disputed' ELSE 'accepted' END, created_at
       FROM verdicts WHERE NOT is_shadow AND ((is_spam AND id % 25 <> 0) OR (is_audited AND id % 200 = 1))""",
    """INSERT INTO reports (message_id, reporter_id)
       SELECT n, reporter FROM generate_series(1, :rows, 50) n, generate_series(1, 3) reporter WHERE n % 3 >= reporter - 1""",
)
DEFAULTS = {
    "model_versions": "created_at",
    "chats": "created_at",
    "messages": "received_at",
    "reports": "created_at",
}


def filled(address: str, rows: int) -> Engine:
    """The database with that many messages and all that belongs to them."""
    engine = open_engine(address)
    with engine.begin() as connection:
        for table, column in DEFAULTS.items():
            connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT now()"))
        connection.execute(text("ALTER TABLE messages ALTER COLUMN attempts SET DEFAULT 0"))
        for statement in FILL:
            began = time.perf_counter()
            connection.execute(text(statement), {"rows": rows, "chats": CHATS, "shadowed": min(SHADOWED, rows)})
            say(f"{statement.split('(')[0].strip().lower()}: {time.perf_counter() - began:.1f} s")
    count(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return engine


def count(engine: Engine) -> None:
    """What the schedule has counted every ten minutes."""
    with transaction(engine) as session:
        quality_counts.count_hours(session)
        quality_counts.copy(session, sys.maxsize)


def site(address: str) -> FastAPI:
    return create_app(StorageSettings(database_url=address), ReviewSettings())


async def timed(app: FastAPI, token: str, requests: int, middle: int) -> dict[str, dict[str, float]]:
    """Milliseconds of every view."""
    by_view = {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://review", timeout=600) as client:
        await client.post("/login", data={"token": token})  # the cookie stays with the client
        for name, path in PAGES.items():
            seconds = [await _request(client, path.format(middle=middle)) for _ in range(WARM_UP + requests)]
            by_view[name] = _figures(seconds[WARM_UP:])
            say(f"{name}: {by_view[name]['median_ms']:.1f} ms")
    return by_view


async def _request(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    (await client.get(path)).raise_for_status()
    return time.perf_counter() - began


def _figures(seconds: list[float]) -> dict[str, float]:
    milliseconds = sorted(1000 * one for one in seconds)
    return {
        "median_ms": statistics.median(milliseconds),
        "p95_ms": milliseconds[min(len(milliseconds) - 1, int(0.95 * len(milliseconds)))],
    }


def measure(rows: int, requests: int) -> dict[str, Any]:
    """The figures on a temporary server."""
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server:
        return measured(server.migrated_database(), rows, requests)


def measured(address: str, rows: int, requests: int) -> dict[str, Any]:
    """The figures on that empty database."""
    engine, app = filled(address, rows), site(address)
    with transaction(engine) as session:
        token = logins.new_link(session, "ann")
    by_view = asyncio.run(timed(app, token, requests, rows // 2))
    for used in (engine, app.state.engine):
        used.dispose()
    worst = max(by_view, key=lambda name: by_view[name]["median_ms"])
    return {
        "rows": rows,
        "requests": requests,
        "queue_median_ms": by_view[DEFAULT]["median_ms"],
        "quality_median_ms": by_view[QUALITY]["median_ms"],
        "worst_view": worst,
        "worst_median_ms": by_view[worst]["median_ms"],
        "by_view": by_view,
    }


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--rows", type=int, help=f"messages; {ROWS:,}, or {FAST_ROWS:,} with --fast")
    chosen = parser.parse_args()
    rows = chosen.rows or (FAST_ROWS if chosen.fast else ROWS)
    answer(lambda: measure(rows, FAST_REQUESTS if chosen.fast else REQUESTS), chosen.json)


if __name__ == "__main__":
    main()
