"""Training and promotion from the shell."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Engine

from classifier.checkpoint import verify
from classifier.errors import CheckpointError
from cli import site
from cli.app import CommandError
from storage.models import ModelVersion, VersionState
from storage.queries import versions
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from training.labelled import LabelledFile
from training.recipe import TrainConfig
from training.retrain import Asked, Workshop, retrain
from training.settings import TrainingSettings


class TerminalReporter(AbstractContextManager["TerminalReporter"]):
    """Shows a run as bars with the time left, and sentences above them."""

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
        self._progress.console.print(f"  {sentence}", markup=False)

    def begin(self, stage: str, total: int) -> None:
        if not self._progress.console.is_terminal:
            self.say(stage)
        self._stage = self._progress.add_task(stage, total=total, note="")

    def advance(self, amount: int, note: str = "") -> None:
        self._progress.update(self._stage, advance=amount, note=note)


def labelled_file(path: Path | None, text_column: str, label_column: str) -> LabelledFile | None:
    """What `--data` and its two columns name."""
    return None if path is None else LabelledFile(path, text_column, label_column)


def train(console: Console, data: LabelledFile | None, seed: int | None) -> ModelVersion:
    """Run the recipe and print what it found. Raises TrainingError or StorageError."""
    storage, settings = StorageSettings(), TrainingSettings()
    site.migrate()
    config = TrainConfig(base_model=settings.base_model)
    if seed is not None:
        config = replace(config, seed=seed)
    with TerminalReporter(console) as reporter:
        asked = Asked(f"{site.user()} (command line)", data)
        version = retrain(Workshop(open_engine(storage.address), storage.models, settings), reporter, config, asked)
    _print_metrics(console, version)
    console.print(f"  plots and model card: {storage.models / version.name / 'report'}\n")
    return version


COLUMNS = {
    "balanced_accuracy": "balanced", "precision": "precision", "recall": "recall", "f1": "F1", "mcc": "MCC",
    "average_precision": "AP", "roc_auc": "ROC AUC",
}  # fmt: skip


def _print_metrics(console: Console, version: ModelVersion) -> None:
    """One line for the version, one for each baseline that has to be beaten."""
    found = version.metrics["hold_out"]
    console.print(
        f"\nModel version [bold]{version.name}[/bold], on {found['examples']:,} messages it has never seen "
        f"({found['spam']:,} spam), beside what has to be beaten:"
    )
    table = Table(box=None, pad_edge=True)
    table.add_column("", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for judge, figures in {version.name: found, **version.metrics["baselines"]}.items():
        table.add_row(judge.replace("_", " "), *(f"{figures[name]:.4f}" for name in COLUMNS))
    console.print(table)
    wrong, act = found["confusion"], version.metrics["act"]["normal"]
    console.print(
        f"  {wrong['false_spam']} ham flagged, {wrong['false_ham']} spam missed, expected calibration error "
        f"{found['expected_calibration_error']:.4f}\n"
        f"  thresholds: review from {version.review_threshold:.3f}, act from {version.act_threshold:.3f} "
        f"({act['hit']} of {act['ham']:,} validation ham hit; at most {act['upper_bound_95']:.2%} in truth, at 95 %)"
    )


def promote(console: Console, name: str | None) -> None:
    """Make the version champion, if its directory is whole. Raises UnknownVersion or CheckpointError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    chosen = name or _newest_challenger(engine)
    with reading(engine) as session:
        versions.named(session, chosen)
    _require_whole(storage.models / chosen)
    with transaction(engine) as session:
        before = versions.champion(session)
        version = versions.promote(session, chosen, f"{site.user()} (command line)")
    if before is not None and before.id == version.id:
        console.print(f"{version.name} is the champion already.")
        return
    f1 = [f"{v.name} F1 {v.metrics['hold_out']['f1']:.4f}" for v in (before, version) if v]
    console.print(
        f"{version.name} is the champion ({' -> '.join(f1)}); running workers take it before their next batch."
    )


def _require_whole(directory: Path) -> None:
    try:
        verify(directory)
    except (OSError, ValueError) as error:
        raise CheckpointError(directory, str(error)) from error


def _newest_challenger(engine: Engine) -> str:
    with reading(engine) as session:
        challenger = versions.newest_challenger(session)
    if challenger is None:
        raise CommandError(
            "there is no challenger to promote; `hamlet train` makes one, `hamlet models` lists all versions"
        )
    return challenger.name


def show(console: Console) -> None:
    """A table of the versions, the newest first."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = versions.every(session)
    if not rows:
        console.print("There is no model version yet; `hamlet train` makes one.")
        return
    table = Table(box=None)
    for column in ("version", "state", "trained", "F1", "false positives", "corrections", "promoted by"):
        table.add_column(column)
    for version in rows:
        found = version.metrics["hold_out"]
        state = f"[bold]{version.state}[/bold]" if version.state == VersionState.CHAMPION else str(version.state)
        table.add_row(
            version.name, state, f"{version.created_at:%Y-%m-%d %H:%M}", f"{found['f1']:.4f}",
            str(found["confusion"]["false_spam"]), str(version.metrics["corrections"]), version.promoted_by or "",
        )  # fmt: skip
    console.print(table)
