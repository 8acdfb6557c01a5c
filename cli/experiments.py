"""The course's table of experiments from the shell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console

from cli.console import table as empty_table
from cli.errors import CommandError
from cli.progress import TerminalReporter
from storage.settings import StorageSettings
from training.course.experiments import report, rows, table
from training.course.experiments.rows import Row
from training.course.experiments.table import Bench
from training.data import datasets, sms
from training.fit import base_models
from training.settings import TrainingSettings

FINISHED_ROWS = "rows.jsonl"


@dataclass(frozen=True)
class TableOptions:
    """The options of `hamlet experiments`."""

    numbers: str | None
    is_quick: bool
    is_fresh: bool
    base_model: str | None
    blocks: int
    out: Path | None


def run(console: Console, options: TableOptions) -> None:
    """Run the rows that are not finished yet, then write and show the table. Raises TrainingError."""
    settings = TrainingSettings()
    torch.set_num_threads(settings.training_threads)
    folder = options.out or StorageSettings().home.expanduser().resolve() / "experiments"
    if options.is_fresh:
        (folder / FINISHED_ROWS).unlink(missing_ok=True)
    with TerminalReporter(console) as reporter:
        base = base_models.fetch(options.base_model or settings.base_model, settings.cache, reporter.say)
        split = datasets.read_course(sms.fetch(settings.cache, settings.datasets, reporter.say))
        bench = Bench(base, split, options.is_quick, reporter)
        every = rows.available(base.config.n_blocks, options.blocks)
        written: tuple[Path, ...] = ()
        for done, was_stored in table.run(
            bench, rows.neighbours_together(_chosen(every, options.numbers)), folder / FINISHED_ROWS
        ):
            reporter.say("  ".join(report.cells(done)) + (" (kept)" if was_stored else ""))
            written = report.write(table.finished(bench, every, folder / FINISHED_ROWS), folder)
    console.print("\n" + "\n".join(map(str, written)))


def show(console: Console, options: TableOptions) -> None:
    """List the rows without running them; the base model, if it is here, says how deep they may go."""
    settings = TrainingSettings()
    base = base_models.fetch(options.base_model or settings.base_model, settings.cache, console.print)
    listed = empty_table("row", "what changes", "blocks", "batch", "quick: share, epochs")
    for row in _chosen(rows.available(base.config.n_blocks, options.blocks), options.numbers):
        batch = f"{row.batch_size}" + (f" x {row.accumulated}" if row.accumulated > 1 else "")
        listed.add_row(
            str(row.number), row.what, str(row.design.blocks), batch, f"{row.quick.share:.0%}, {row.quick.epochs}"
        )
    console.print(listed)


def _chosen(listed: list[Row], numbers: str | None) -> list[Row]:
    try:
        return rows.chosen(listed, numbers)
    except ValueError as error:
        raise CommandError(
            f"--rows {numbers}: {error}; write 1,3-5, and `hamlet experiments --list` shows them"
        ) from error
