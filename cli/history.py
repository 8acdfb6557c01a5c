"""What `hamlet import` does with Telegram Desktop's export of a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cli.app import CommandError
from cli.labelled import parts
from cli.site import user
from jobs import send
from storage import history
from storage.history import Report
from storage.session import open_engine
from storage.settings import StorageSettings

TELEGRAM = "telegram-json"
SAID_EVERY = 100_000  # messages, where there is no terminal to draw on


def is_export(file: Path, kind: str | None) -> bool:
    """Whether a file is meant to be an export: it was called one, or its name ends as theirs do."""
    return kind == TELEGRAM or (kind is None and file.suffix.lower() in (".json", ".html"))


def bring_in(console: Console, file: Path, said_every: int = SAID_EVERY) -> None:
    """Raises NotAnExport, and CommandError where the file cannot be read or is cut short; what was read so far stays."""
    size = file.stat().st_size if file.is_file() else None
    columns = (TextColumn("  {task.description}"), BarColumn(20), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        told = _Told(progress, progress.add_task("Reading", total=size), said_every)
        try:
            engine = open_engine(StorageSettings().address)
            report = history.bring_in(engine, told.parts(parts(file)), told.hear, by=f"{user()} (command line)")
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    send.consider()  # there may be enough to learn from now
    console.print(escape(report.sentence))
    if report.cut_short is not None:
        raise CommandError(report.cut_short)


class _Told:
    """How far an import is, on the terminal or, where there is none, line by line."""

    def __init__(self, progress: Progress, task: TaskID, said_every: int) -> None:
        self._progress, self._task, self._said_every = progress, task, said_every
        self._said = 0

    def parts(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._progress.advance(self._task, len(chunk))
            yield chunk

    def hear(self, report: Report) -> None:
        self._progress.update(self._task, description=f"{report.read:,} messages")
        if not self._progress.console.is_terminal and report.read - self._said >= self._said_every:
            self._said = report.read
            self._progress.console.print(f"  {report.read:,} messages read")
