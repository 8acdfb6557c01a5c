"""A group's past, from Telegram Desktop's export: the other half of `hamlet import`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cli.errors import CommandError
from cli.labelled import parts
from cli.logins import signature
from jobs import send
from storage import history
from storage.history import Report
from storage.session import open_engine
from storage.settings import StorageSettings

TELEGRAM = "telegram-json"
REPORT_EVERY = 100_000  # messages, where there is no terminal to draw on


def is_export(file: Path, kind: str | None) -> bool:
    """Whether a file is meant as an export: its format was named so, or its name ends like an export's."""
    return kind == TELEGRAM or (kind is None and file.suffix.lower() in (".json", ".html"))


def import_chat(console: Console, file: Path, report_every: int = REPORT_EVERY) -> None:
    """Store the export's messages. Raises NotAnExport, and CommandError where the file cannot be read or is cut short; what was read so far stays."""
    size = file.stat().st_size if file.is_file() else None
    columns = (TextColumn("  {task.description}"), BarColumn(20), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        shown = _ImportProgress(progress, progress.add_task("Reading", total=size), report_every)
        try:
            engine = open_engine(StorageSettings().address)
            report = history.import_chat(engine, shown.counted(parts(file)), shown.update, by=signature())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    send.consider()  # there may be enough to learn from now
    console.print(escape(report.sentence))
    if report.cut_short is not None:
        raise CommandError(report.cut_short)


class _ImportProgress:
    """Shows how far an import is: a bar on the terminal, or lines where there is none."""

    def __init__(self, progress: Progress, task: TaskID, report_every: int) -> None:
        self._progress, self._task, self._report_every = progress, task, report_every
        self._reported = 0

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._progress.advance(self._task, len(chunk))
            yield chunk

    def update(self, report: Report) -> None:
        self._progress.update(self._task, description=f"{report.read:,} messages")
        if not self._progress.console.is_terminal and report.read - self._reported >= self._report_every:
            self._reported = report.read
            self._progress.console.print(f"  {report.read:,} messages read")
