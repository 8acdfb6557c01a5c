"""The broker, each process's heartbeat, and the review site."""

from __future__ import annotations

from collections.abc import Callable

from kombu.exceptions import KombuError
from redis import RedisError

from actions.settings import ActionsSettings
from cli import health
from cli.doctor.line import Check, Line, nothing, right, wrong
from cli.errors import CommandError
from jobs import app as celery
from jobs.heartbeat import LONGEST_SILENCE_SECONDS
from jobs.settings import JobsSettings
from storage.session import engine_for, reading
from storage.settings import StorageSettings
from storage.views import wellness

START = "start it with `make run`; its log is in HAMLET_HOME/logs"


def checks() -> list[Check]:
    beats = [Check(name, _beat(name)) for name in LONGEST_SILENCE_SECONDS]
    return [Check("broker", lambda: [_broker()]), *beats, Check("review", _site, 6.0), Check("judging", _judging, 7.0)]


def _broker() -> Line:
    where = "the address in HAMLET_BROKER_URL" if JobsSettings().broker_url else "our own socket"
    try:
        with celery.app.connection_for_write(connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except (KombuError, RedisError, OSError) as error:
        reason = f"does not answer at {where} ({type(error).__name__})"
        return wrong("broker", reason, "start it, or `make run`; until then work waits in the database")
    return right("broker", f"answers at {where}")


def _beat(name: str) -> Callable[[], list[Line]]:
    def look() -> list[Line]:
        if name == "bot" and ActionsSettings().telegram_token is None:
            return [nothing(name, "off, because HAMLET_TELEGRAM_TOKEN is not set")]
        try:
            health.check_heartbeat(name)
        except CommandError as error:
            return [wrong(name, str(error), START)]
        return [right(name, "alive")]

    return look


def _site() -> list[Line]:
    try:
        health.check("review")
    except CommandError as error:
        return [wrong("review", str(error), START)]
    return [right("review", "the site answers")]


def _judging() -> list[Line]:
    """What waits too long; whether the champion is there is a line of its own."""
    storage = StorageSettings()
    with engine_for(storage.address) as engine, reading(engine) as session:
        problems = wellness.problems(session, storage.has_files)
    return [wrong("judging", problem, "") for problem in problems] or [right("judging", "nothing waits too long")]
