"""Reporting a run's progress: to a terminal with a bar, a log, a row of the database."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """What a run reports while it is under way."""

    def say(self, sentence: str) -> None: ...

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...


class Silent:
    """Reports nothing."""

    def say(self, sentence: str) -> None: ...

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...
