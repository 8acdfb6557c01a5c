"""The Celery doors of training: tidy up, hourly. The schedule's retraining will enter here too."""

from __future__ import annotations

from functools import cache

import structlog
from sqlalchemy import Engine

from jobs.app import app
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.queries import logins, updates
from storage.session import open_engine, transaction
from storage.settings import StorageSettings

UPDATES_KEPT_DAYS = 7.0  # raw updates that were handled; the messages in them have rows of their own

log = structlog.get_logger()


@cache
def engine() -> Engine:
    return open_engine(StorageSettings().address)


@cache
def heartbeat() -> Heartbeat:
    return Heartbeat("training", JobsSettings())


@app.task(name="training.beat")  # type: ignore[untyped-decorator]  # celery is untyped
def beat() -> None:
    """Every ten seconds: say that this process listens."""
    heartbeat().beat()


@app.task(name="training.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Delete raw updates and logins that nobody needs any more."""
    try:
        with transaction(engine()) as session:
            forgotten = updates.forget_old(session, UPDATES_KEPT_DAYS)
            logins.forget_expired(session)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: tidying waits for the next hour", reason=str(error))
        return
    log.info("tidied", updates_forgotten=forgotten)
