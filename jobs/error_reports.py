"""Errors to a Sentry-compatible address, where HAMLET_SENTRY_DSN names one: which error and where, never with any text.

An exception's message, a log line's values and a frame's variables may hold what members wrote. So a report is made
anew of the few fields that cannot, instead of being searched for those that might.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from jobs.settings import JobsSettings

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

KEPT = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk")
KEPT_OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app")


def start(process: str, settings: JobsSettings, transport: type[Transport] | None = None) -> bool:
    """Report errors from now on, if an address is set. Returns whether they are."""
    if settings.sentry_dsn is None:
        return False
    import sentry_sdk  # here, so that only who wants it has it in memory
    from sentry_sdk.integrations import atexit, excepthook, threading
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        release=f"hamlet@{version('hamlet')}",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
            excepthook.ExcepthookIntegration(),
            threading.ThreadingIntegration(propagate_scope=False),
            atexit.AtexitIntegration(callback=lambda *_: None),  # its own prints to the terminal
        ],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=_named(process),
        transport=transport,
    )
    return True


def _named(process: str) -> Any:
    def before_send(event: Event, hint: Hint) -> Event:
        return without_texts(event, hint.get("log_record"), process)

    return before_send


def without_texts(event: Event, record: logging.LogRecord | None, process: str) -> Event:
    """A report of the same error: where it happened and of which kind it is, and the constant sentence of our log."""
    plain: Any = {name: event[name] for name in KEPT if name in event}  # type: ignore[literal-required]  # the names are those of the event
    plain["tags"] = {"process": process}
    if (sentence := _sentence(record)) is not None:
        plain["logentry"] = {"message": sentence}
    if errors := _errors(event, record):
        plain["exception"] = {"values": [_error(error) for error in errors]}
    kept: Event = plain
    return kept


def _sentence(record: logging.LogRecord | None) -> str | None:
    """The event of a line of our own log, which is the same whatever happened; a library's line may hold anything."""
    values = _values(record)
    return str(values["event"]) if "event" in values else None


def _values(record: logging.LogRecord | None) -> Mapping[str, Any]:
    """What a line of our own log is made of; nothing for a library's."""
    line: object = record.msg if record is not None else None
    return line if isinstance(line, dict) else {}


def _errors(event: Event, record: logging.LogRecord | None) -> list[dict[str, Any]]:
    """The exception and those that led to it. A line of our own log carries it in its values, where the library does not look."""
    from sentry_sdk import get_client
    from sentry_sdk.utils import event_from_exception

    carried = _values(record).get("exc_info")
    error = sys.exc_info()[1] if carried is True else carried
    if isinstance(error, BaseException):
        event, _ = event_from_exception(error, client_options=get_client().options)
    return (event.get("exception") or {}).get("values") or []


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame[name] for name in KEPT_OF_A_FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": kept}}
