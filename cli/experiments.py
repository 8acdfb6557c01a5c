"""The course's table of experiments from the shell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from cli.app import CommandError
from cli.learning import TerminalReporter
from storage.settings import StorageSettings
from training import base_models, datasets, sms
from training.experiments import report, rows, table
from training.experiments.rows import Row
from training.experiments.table import Bench
from training.settings import TrainingSettings

KEPT = "rows.jsonl"


@dataclass(frozen=True)
class Asked:
    """What `hamlet experiments` was told."""

    numbers: str | None
    is_quick: bool
    is_fresh: bool
    base_model: str | None
    blocks: int
    out: Path | None


def run(console: Console, asked: Asked) -> None:
    """Run the rows that are not finished yet, then write and show the table. Raises TrainingError."""
    settings = TrainingSettings()
    torch.set_num_threads(settings.training_threads)
    folder = asked.out or StorageSettings().home.expanduser().resolve() / "experiments"
    if asked.is_fresh:
        (folder / KEPT).unlink(missing_ok=True)
    with TerminalReporter(console) as reporter:
        base = base_models.fetch(asked.base_model or settings.base_model, settings.cache, reporter.say)
        split = datasets.read_course(sms.fetch(settings.cache, settings.datasets, reporter.say))
        bench = Bench(base, split, asked.is_quick, reporter)
        every = rows.available(base.config.n_blocks, asked.blocks)
        written: tuple[Path, ...] = ()
        for done, was_kept in table.run(bench, rows.neighbours_together(_chosen(every, asked.numbers)), folder / KEPT):
            reporter.say("  ".join(report.cells(done)) + (" (kept)" if was_kept else ""))
            written = report.write(table.finished(bench, every, folder / KEPT), folder)
    console.print("\n" + "\n".join(map(str, written)))


def show(console: Console, asked: Asked) -> None:
    """List the rows without running them; the base model, if it is here, says how deep they may go."""
    settings = TrainingSettings()
    base = base_models.fetch(asked.base_model or settings.base_model, settings.cache, console.print)
    listed = Table(box=None)
    for column in ("row", "what changes", "blocks", "batch", "quick: share, epochs"):
        listed.add_column(column)
    for row in _chosen(rows.available(base.config.n_blocks, asked.blocks), asked.numbers):
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
