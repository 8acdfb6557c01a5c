"""Training from the shell."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from classifier import files
from cli import site
from cli.figures import compared, thresholds
from jobs import send
from storage.models import ModelVersion, RunState, VersionState
from storage.queries import runs, versions
from storage.queries.versions import gate_word
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from training import lease, rebuild
from training.labelled import LabelledFile
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


def train(console: Console, data: LabelledFile | None, seed: int | None, like: str | None = None) -> ModelVersion:
    """Run the recipe and print what it found. Raises TrainingError or StorageError."""
    storage, settings = StorageSettings(), TrainingSettings()
    site.migrate()
    engine = open_engine(storage.address)
    config = settings.recipe
    if like is not None:
        with reading(engine) as session:
            made = versions.named(session, like)
        config, threads = rebuild.config_of(made), made.provenance.get("threads")
        settings = settings.model_copy(update={"training_threads": threads or settings.training_threads})
    if seed is not None:
        config = replace(config, seed=seed)
    with TerminalReporter(console) as reporter:
        asked = Asked(f"{site.user()} (command line)", data, like=like)
        version = retrain(Workshop(engine, storage.models, settings), reporter, config, asked)
    _print_metrics(console, version)
    _print_gate(console, version)
    console.print(f"  plots and model card: {storage.models / version.name / 'report'}\n")
    if like is not None:
        console.print(_likeness(storage.models, like, version.name))
    return version


def _likeness(models: Path, like: str, made: str) -> str:
    """Whether the version made again is the same to the bit."""
    try:
        if files.learned_alike(models / like, models / made):
            return f"{made} has the very weights of {like}."
    except (OSError, ValueError):
        return f"The files of {like} are gone; {made} was made of the same examples with the same recipe."
    return (
        f"{made} was made of the same examples as {like} with the same recipe, and has other weights: "
        f"`hamlet models show` tells whether threads, products, torch or the code were others."
    )


def _print_metrics(console: Console, version: ModelVersion) -> None:
    found = version.metrics["hold_out"]
    console.print(
        f"\nModel version [bold]{version.name}[/bold], on {found['examples']:,} messages it has never seen "
        f"({found['spam']:,} spam), beside what has to be beaten:"
    )
    console.print(compared(version))
    console.print(thresholds(version))


def _print_gate(console: Console, version: ModelVersion) -> None:
    """What the gate said, and what can be done with the version."""
    figures = (version.gate or {}).get("figures", {})
    word = gate_word(version)
    if "f1_change" in figures:
        word += (
            f" (on {figures['hold_out']:,} held-out texts F1 {figures['champion_f1']:.4f} -> "
            f"{figures['challenger_f1']:.4f})"
        )
    console.print(f"  the gate: {escape(word)}")
    if version.state == VersionState.CHALLENGER:
        console.print(f"  `hamlet promote {version.name}` has it serve")
    elif version.state == VersionState.REJECTED:
        console.print(f"  `hamlet promote {version.name}` has it serve all the same")


def ask(console: Console) -> None:
    """Have the training process start a run now, as the schedule would."""
    with transaction(open_engine(StorageSettings().address)) as session:
        if lease.is_free(session):  # what says that it runs has died
            runs.take_up_abandoned(session)
        run, shadow = runs.ask(session, f"{site.user()} (command line)"), versions.shadow(session)
    asked = f"Run {run.id}, asked for by {escape(run.asked_by)},"
    if run.state == RunState.RUNNING:
        console.print(f"{asked} is under way already: {escape(run.stage or 'beginning')}.")
        return
    send.consider()
    console.print(
        f"{asked} waits; a running hamlet begins it at once, at the latest ten minutes from now.\n"
        "`hamlet models` lists what came of it; the page /models shows how far it is."
    )
    if shadow is not None:
        console.print(f"A version that passes takes the place of {shadow.name}, which is in its shadow now.")
