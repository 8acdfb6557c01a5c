"""How every process logs: structlog, one line for each event, without secrets and without texts of members.

INFO and above go to standard output (a file under `hamlet run`), WARNING and above also to standard error
(the terminal). A line that repeats the one before it within a minute is left out.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import warnings
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from jobs import redaction
from jobs.redaction import Redaction
from jobs.settings import JobsSettings

TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{30,}")  # a Telegram bot token, wherever it appears
RAW = re.compile(r"(Received data was).*", re.DOTALL)  # an update that Telegram's library could not read, with its text
REPEAT_SECONDS = 60.0
QUIET = (
    "alembic",
    "apscheduler",
    "celery.app.trace",
    "celery.beat",
    "celery.worker.strategy",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "kombu",
    "telegram.ext",
    "tornado.access",
    "uvicorn",
)
WITHOUT_TRACEBACK = ("celery.beat", "celery.worker.consumer", "celery.worker.request", "kombu", "telegram.ext")


def configure(process: str, settings: JobsSettings) -> None:
    """Set logging up for this process; called once, when it starts."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
        _named(process),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_secrets(redaction.of_this_process()),
            _renderer(settings.log_format),
        ],
    )
    root = logging.getLogger()
    root.handlers = [_handler(sys.stdout, logging.DEBUG, formatter), _handler(sys.stderr, logging.WARNING, formatter)]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    warnings.filterwarnings("ignore", "You're running the worker with superuser")  # our jobs are JSON, never pickle
    warnings.filterwarnings("ignore", "(?s).*attribute `retry_after` will be of type")  # we understand both types
    warnings.filterwarnings(
        "ignore", r"\s*In Celery 5.1 we introduced"
    )  # the work of a job that is cut off is still in the database


def to_standard_error() -> None:
    """Set logging up for a command of the shell, whose standard output is its answer alone."""
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


def _handler(stream: TextIO, level: int, formatter: logging.Formatter) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setLevel(level)
    handler.setFormatter(formatter)
    handler.addFilter(OnceAMinute())
    return handler


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, sort_keys=False)


def _named(process: str) -> Processor:
    def add(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {**event, "logger": process}  # the renderer puts it in brackets before the event

    return add


def _without_secrets(secrets: Redaction) -> Processor:
    """Takes secrets and raw updates out of a line and of its lists."""

    def hide(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {key: _hidden(secrets, value) for key, value in event.items()}

    return hide


def _hidden(secrets: Redaction, value: Any) -> Any:
    if isinstance(value, list):
        return [_hidden(secrets, part) for part in value]
    return RAW.sub(r"\1 <left out>", secrets.of(TOKEN.sub("<token>", value))) if isinstance(value, str) else value


class OnceAMinute(logging.Filter):
    """Drops a warning that repeats one of the last minute, and the traceback of a lost connection."""

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(WITHOUT_TRACEBACK):
            record.exc_info = None
        if record.levelno < logging.WARNING:
            return True
        gist = re.sub(r"[\d.]+", "0", self._gist(record))
        is_new = time.monotonic() - self._logged_at.get(gist, -REPEAT_SECONDS) >= REPEAT_SECONDS
        if is_new:
            self._logged_at = {**dict(list(self._logged_at.items())[-100:]), gist: time.monotonic()}
        return is_new

    @staticmethod
    def _gist(record: logging.LogRecord) -> str:
        event = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        cause = record.exc_info or event.get("exc_info")
        kind = type(cause[1] if isinstance(cause, tuple) else cause).__name__
        return f"{record.name} {event.get('event')} {event.get('reason', '')} {kind}"
