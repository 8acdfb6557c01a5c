"""A run on the terminal: bars with the time left, and sentences above them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class TerminalReporter(AbstractContextManager["TerminalReporter"]):
    """Reports a run's stages; where there is no terminal to draw on, one line for each."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
        )
        times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        self._progress = Progress(*columns, *times, console=console, disable=not console.is_terminal)
        self._stage: Any = None

    def __enter__(self) -> TerminalReporter:
        self._progress.start()
        return self

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._progress.stop()

    def say(self, sentence: str) -> None:
        """Print a sentence above the bars."""
        self._progress.console.print(f"  {sentence}", markup=False)

    def begin(self, stage: str, total: int) -> None:
        """Start the bar of a stage that has `total` steps."""
        if not self._progress.console.is_terminal:
            self.say(stage)
        self._stage = self._progress.add_task(stage, total=total, note="")

    def advance(self, amount: int, note: str = "") -> None:
        """Move the bar of the current stage on."""
        self._progress.update(self._stage, advance=amount, note=note)
