"""Model versions from the shell: listed, shown, promoted, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from classifier.errors import CheckpointError
from classifier.files import is_whole, verify
from cli import site
from cli.app import CommandError
from cli.figures import compared, thresholds
from storage.errors import VersionPruned
from storage.models import ModelVersion, Snapshot, VersionState
from storage.queries import versions
from storage.queries.versions import gate_word
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from training.origins import told

NEXT_BATCH = "running workers take it before their next batch"


def promote(console: Console, name: str | None) -> None:
    """Make the version champion, if its directory is whole. Raises UnknownVersion, VersionPruned or CheckpointError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    chosen = name or _newest_challenger(engine)
    with reading(engine) as session:
        version = versions.named(session, chosen)
    if version.pruned_at is not None:
        raise VersionPruned(version.name)
    word = gate_word(version)
    _require_whole(storage.models / version.name)
    with transaction(engine) as session:
        before = versions.champion(session)
        version = versions.promote(session, chosen, f"{site.user()} (command line)")
    if before is not None and before.id == version.id:
        console.print(f"{version.name} is the champion already.")
        return
    f1 = [f"{v.name} F1 {v.metrics['hold_out']['f1']:.4f}" for v in (before, version) if v]
    console.print(f"{version.name} is the champion ({' -> '.join(f1)}); {NEXT_BATCH}.")
    if before is not None and word != "passed":
        console.print(f"The gate's word on it: {escape(word)}. `hamlet rollback` brings the version before back.")


def roll_back(console: Console, reason: str) -> None:
    """Bring back the version before the champion. Raises NothingToRollBackTo or CheckpointError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    with reading(engine) as session:
        served, before = versions.champion(session), versions.fallbacks(session)
    whole = {version.name for version in before if is_whole(storage.models / version.name)}
    if served is not None and before and not whole:
        _require_whole(storage.models / before[0].name)
    with transaction(engine) as session:
        serves, by = versions.champion(session, locked=True), f"{site.user()} (command line)"
        if served is not None and (serves is None or serves.id != served.id):
            raise CommandError(f"{served.name} serves no more: somebody was faster; `hamlet models` shows what serves")
        back = versions.roll_back(session, by, reason or "no reason was given", whole.__contains__)
    gone = f"; {served.name} is refused from now on" if served else ""
    console.print(f"{back.name} is the champion again{gone}; {NEXT_BATCH}.")


def _require_whole(directory: Path) -> None:
    try:
        verify(directory)
    except (OSError, ValueError) as error:
        raise CheckpointError(directory, str(error)) from error


def _newest_challenger(engine: Engine) -> str:
    with reading(engine) as session:
        challenger, every = versions.newest_challenger(session), versions.every(session)
    if challenger is not None:
        return challenger.name
    newest = every[0] if every else None
    if newest is not None and newest.state == VersionState.REJECTED:
        raise CommandError(
            f"the newest version, {newest.name}, was {gate_word(newest)}; `hamlet promote {newest.name}` has it serve all the same"
        )
    if newest is not None and newest.state == VersionState.CHALLENGER:
        raise CommandError(
            f"no version has passed the gate against the champion: the newest, {newest.name}, is "
            f"{gate_word(newest)}; `hamlet promote {newest.name}` has it serve all the same"
        )
    raise CommandError(
        "there is no challenger to promote; `hamlet train` makes one, `hamlet models` lists all versions"
    )


def show_all(console: Console) -> None:
    """A table of the versions, the newest first."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = versions.every(session)
    if not rows:
        console.print("There is no model version yet; `hamlet train` makes one.")
        return
    table = Table(box=None)
    for column in ("version", "state", "trained", "F1", "ham hit", "corrections"):  # with these, 80 columns have room
        table.add_column(column, no_wrap=True)
    table.add_column("promoted by; the gate")
    for version in rows:
        found = version.metrics["hold_out"]
        state = f"[bold]{version.state}[/bold]" if version.state == VersionState.CHAMPION else str(version.state)
        table.add_row(
            version.name, state, f"{version.created_at:%Y-%m-%d}", f"{found['f1']:.4f}",
            str(found["confusion"]["false_spam"]), str(version.metrics["corrections"]),
            escape("; ".join(word for word in (version.promoted_by, gate_word(version)) if word)),
        )  # fmt: skip
    console.print(table)


def show(console: Console, name: str) -> None:
    """Everything that is known of a version. Raises UnknownVersion."""
    storage = StorageSettings()
    with reading(open_engine(storage.address)) as session:
        version = versions.named(session, name)
        seen = session.get(Snapshot, version.snapshot_id) if version.snapshot_id else None
    console.print(f"Model version [bold]{version.name}[/bold], {version.state}")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in (*_lineage(version, seen), *_fate(version, storage.models / version.name)):
        table.add_row(f"  {label}", escape(value))
    console.print(table)
    console.print(compared(version))
    console.print(thresholds(version))


def _lineage(version: ModelVersion, seen: Snapshot | None) -> list[tuple[str, str]]:
    made: dict[str, Any] = version.provenance
    config, sides = made.get("config", {}), made.get("examples", {})
    rows = [
        ("parent", version.parent or "none: the base model and the seed set alone"),
        ("trained", f"{version.created_at:%Y-%m-%d %H:%M} UTC, {made.get('seconds', '?')} s, {made.get('threads', '?')} threads, torch {made.get('torch', '?')}"),
        ("recipe", f"{made.get('config_hash', '?')}, seed {config.get('seed', '?')}, base model {config.get('base_model', '?')}"),
        ("config", ", ".join(f"{setting} {value}" for setting, value in config.items()) or "?"),
        ("code", str(made.get("code_revision", "?"))),
        ("examples", ", ".join(f"{n:,} {side.replace('_', '-')}" for side, n in sides.items())),
        ("learned from", told(made["origins"]) if "origins" in made else "?"),
        ("snapshot", version.examples_hash),
    ]  # fmt: skip
    if seen is None:
        return rows
    presumed = [("presumed ham", _counted(seen.counts["presumed"]))] if "presumed" in seen.counts else []
    return [*rows, ("corrections", _counted(seen.counts)), *presumed]


def _counted(counts: dict[str, Any]) -> str:
    """A snapshot's counts in words: taken, held out, left out for which reason."""
    plain = [f"{value} {name.replace('_', ' ')}" for name, value in counts.items() if isinstance(value, int)]
    left = [f"{n} {why.replace('_', ' ')}" for why, n in counts.get("left_out", {}).items() if n]
    return ", ".join(plain) + (f"; left out: {', '.join(left)}" if left else "")


def _fate(version: ModelVersion, directory: Path) -> list[tuple[str, str]]:
    gate = version.gate or {}
    rows = [("the gate", gate_word(version))]
    figures = gate.get("figures", {}).items()
    rows += [(name.replace("_", " "), _figure(value)) for name, value in figures if value is not None]
    if version.shadow_from:
        rows.append(("in shadow from", f"{version.shadow_from:%Y-%m-%d %H:%M} UTC"))
    if version.promoted_at:
        rows.append(("promoted", f"{version.promoted_at:%Y-%m-%d %H:%M} UTC by {version.promoted_by}"))
    if version.erased_texts:
        rows.append(("erased since", f"{version.erased_texts} texts that it learned from; the next version has not"))
    gone = f"removed {version.pruned_at:%Y-%m-%d} to save space" if version.pruned_at else str(directory)
    return [*rows, ("files", gone)]


def _figure(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
