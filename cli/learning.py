"""Training from the shell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from classifier import files
from cli.database import migrate
from cli.figures import compared, thresholds
from cli.logins import signature
from cli.progress import TerminalReporter
from jobs import send
from storage.learning import runs, versions
from storage.learning.track_record import gate_decision
from storage.models import ModelVersion, RunState, VersionState
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from training.data.labelled_files import LabelledFile
from training.lifecycle import lease, rebuild
from training.lifecycle.retrain import RunRequest, Workshop, retrain
from training.settings import TrainingSettings


def labelled_file(path: Path | None, text_column: str, label_column: str) -> LabelledFile | None:
    """What `--data` and its two columns name."""
    return None if path is None else LabelledFile(path, text_column, label_column)


def train(
    console: Console, data: LabelledFile | None, seed: int | None, like: str | None = None, hurried: bool = False
) -> ModelVersion:
    """Run the recipe and print the version's figures. Raises TrainingError or StorageError.

    `like` names a version to make again; a `hurried` run learns from little of a large set.
    """
    storage, settings = StorageSettings(), TrainingSettings()
    migrate()
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
        request = RunRequest(signature(), data, like=like, hurried=hurried)
        version = retrain(Workshop(engine, storage.models, settings, storage.models_url), reporter, config, request)
    _print_metrics(console, version)
    _print_gate(console, version)
    console.print(f"  plots and model card: {storage.models / version.name / 'report'}\n")
    if like is not None:
        console.print(_comparison(storage.models, like, version.name))
    return version


def _comparison(models: Path, like: str, made: str) -> str:
    """Whether the version made again has the same weights, bit for bit."""
    try:
        if files.learned_alike(models / like, models / made):
            return f"{made} has exactly the weights of {like}."
    except (OSError, ValueError):
        return f"The files of {like} are gone; {made} was made from the same examples with the same recipe."
    return (
        f"{made} was made from the same examples as {like} with the same recipe, but has different weights: "
        f"`hamlet models show` tells whether threads, products, torch or the code differed."
    )


def _print_metrics(console: Console, version: ModelVersion) -> None:
    figures = version.metrics["hold_out"]
    console.print(
        f"\nModel version [bold]{version.name}[/bold], on {figures['examples']:,} messages it has never seen "
        f"({figures['spam']:,} spam), beside the baselines:"
    )
    console.print(compared(version))
    console.print(thresholds(version))


def _print_gate(console: Console, version: ModelVersion) -> None:
    """What the gate said, and what can be done with the version."""
    figures = (version.gate or {}).get("figures", {})
    decision = gate_decision(version)
    if "f1_change" in figures:
        decision += (
            f" (on {figures['hold_out']:,} held-out texts F1 {figures['champion_f1']:.4f} -> "
            f"{figures['challenger_f1']:.4f})"
        )
    console.print(f"  the gate: {escape(decision)}")
    if version.state == VersionState.CHALLENGER:
        console.print(f"  `hamlet promote {version.name}` promotes it")
    elif version.state == VersionState.REJECTED:
        console.print(f"  `hamlet promote {version.name}` promotes it anyway")


def request_run(console: Console) -> None:
    """Have the training process start a run now, as the schedule would."""
    with transaction(open_engine(StorageSettings().address)) as session:
        lease.take_up_abandoned(session)
        run, shadow = runs.ask(session, signature()), versions.shadow(session)
    this_run = f"Run {run.id}, asked for by {escape(run.asked_by)},"
    if run.state == RunState.RUNNING:
        console.print(f"{this_run} is already under way: {escape(run.stage or 'beginning')}.")
        return
    send.consider()
    console.print(
        f"{this_run} is waiting; a running hamlet starts it at once, at the latest in ten minutes.\n"
        "`hamlet models` lists the result; the page /models shows its progress."
    )
    if shadow is not None:
        console.print(f"A version that passes replaces {shadow.name}, which is in shadow now.")
