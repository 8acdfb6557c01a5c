"""The connection to Telegram, which counts and traces what came of each call."""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter
from telegram.request import HTTPXRequest

from jobs import traces
from jobs.metrics import REGISTRY

CALLS = Counter(
    "hamlet_telegram_calls",
    "Calls to Telegram, by the method and what came of it",
    ("method", "outcome"),
    registry=REGISTRY,
)
OUTCOMES = ("ok", "rate limited", "refused", "server error", "unreachable")


class CountedRequest(HTTPXRequest):
    """python-telegram-bot's connection, counted."""

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        method = method_of(url)
        with traces.within(method, "client") as span:
            try:
                status, body = await super().do_request(url, *args, **kwargs)
            except Exception:
                CALLS.labels(method, "unreachable").inc()
                raise
            span.attribute("http.response.status_code", status)
            if status >= 400:
                span.fail(str(status))
        CALLS.labels(method, outcome(status)).inc()
        return status, body


def method_of(url: str) -> str:
    """The method's name; anything else, which may hold a name of somebody's, is a file."""
    name = url.partition("?")[0].rpartition("/")[2]
    return name if name.isascii() and name.isalpha() else "file"


def outcome(status: int) -> str:
    """What an answer with this status means, as one of OUTCOMES."""
    if status == 429:
        return "rate limited"
    if status >= 500:
        return "server error"
    return "refused" if status >= 400 else "ok"
