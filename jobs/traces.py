"""Spans of whatever takes time, where traces are kept: what took how long, never with any text.

A span has a name from our own code, a kind of error and a few numbers. Whoever opens one needs no library: where traces
are off, `span` and `within` answer with one object that does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Literal, Protocol

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int]
End = Callable[[type[BaseException] | None], None]  # what ended it, if an error did
Begin = Callable[[str, str], End | None]  # of a statement: its name, the kind of database; None where it is not traced
Watch = Callable[[Begin], None]  # has each statement told of from now on


class Span(Protocol):
    """Something that takes time; what begins within it is its child. An error that leaves it is named by its type."""

    def __enter__(self) -> Span: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def rename(self, name: str) -> None:
        """Call it otherwise; a name holds nothing that came from outside."""

    def attribute(self, name: str, value: str | int) -> None:
        """Say one thing more of it, by a name of OpenTelemetry's conventions."""

    def fail(self, kind: str) -> None:
        """It failed without an error that leaves it."""


class Spans(Protocol):
    """Where spans are kept, as `jobs.spans` does."""

    def span(self, name: str, kind: Kind, attributes: Attributes) -> Span:
        """The child of the current span, or the first of a trace."""

    def is_within_one(self) -> bool:
        """Whether the current span is kept."""


class Nothing:
    """The span where there is none."""

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        """Let an error pass."""

    def rename(self, name: str) -> None:
        """Do nothing."""

    def attribute(self, name: str, value: str | int) -> None:
        """Do nothing."""

    def fail(self, kind: str) -> None:
        """Do nothing."""


NOTHING = Nothing()
NO_ATTRIBUTES: Attributes = {}
_kept: Spans | None = None  # set once, when the process starts


def keep(spans: Spans) -> None:
    """From now on, spans are kept there."""
    global _kept
    _kept = spans


def is_on() -> bool:
    """Whether this process keeps traces."""
    return _kept is not None


def span(name: str, kind: Kind = "internal", attributes: Attributes = NO_ATTRIBUTES) -> Span:
    """What begins here takes time: for `with`."""
    return NOTHING if _kept is None else _kept.span(name, kind, attributes)


def within(name: str, kind: Kind = "internal", attributes: Attributes = NO_ATTRIBUTES) -> Span:
    """The same for what is of interest only as a part of something else, and begins no trace of its own."""
    return NOTHING if _kept is None or not _kept.is_within_one() else _kept.span(name, kind, attributes)
