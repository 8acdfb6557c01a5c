"""Whoever watches a run: a terminal with a bar, a log, a lease that must not run out."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """What a run tells while it is under way."""

    def say(self, sentence: str) -> None: ...

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...


class Silent:
    """Tells nobody."""

    def say(self, sentence: str) -> None: ...

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...
