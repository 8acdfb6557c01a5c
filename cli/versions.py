"""Model versions from the shell: listed, or one in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.figures import compared, thresholds
from storage.learning import versions
from storage.learning.track_record import gate_decision
from storage.models import ModelVersion, Snapshot, VersionState
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from training.data.origins import describe


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
        table.add_row(*_cells(version))
    console.print(table)


def _cells(version: ModelVersion) -> list[str]:
    figures = version.metrics["hold_out"]
    state = f"[bold]{version.state}[/bold]" if version.state == VersionState.CHAMPION else str(version.state)
    return [
        version.name,
        state,
        f"{version.created_at:%Y-%m-%d}",
        f"{figures['f1']:.4f}",
        str(figures["confusion"]["false_spam"]),
        str(version.metrics["corrections"]),
        escape("; ".join(word for word in (version.promoted_by, gate_decision(version)) if word)),
    ]


def show(console: Console, name: str) -> None:
    """Everything that is recorded about a version. Raises UnknownVersion."""
    storage = StorageSettings()
    with reading(open_engine(storage.address)) as session:
        version = versions.named(session, name)
        snapshot = session.get(Snapshot, version.snapshot_id) if version.snapshot_id else None
    console.print(f"Model version [bold]{version.name}[/bold], {version.state}")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in (*_lineage(version, snapshot), *_fate(version, storage.models / version.name)):
        table.add_row(f"  {label}", escape(value))
    console.print(table)
    console.print(compared(version))
    console.print(thresholds(version))


def _lineage(version: ModelVersion, snapshot: Snapshot | None) -> list[tuple[str, str]]:
    """What the version was made of, and how."""
    provenance: dict[str, Any] = version.provenance
    config, sides = provenance.get("config", {}), provenance.get("examples", {})

    def made(name: str) -> str:
        return str(provenance.get(name, "?"))

    trained = f"{version.created_at:%Y-%m-%d %H:%M} UTC, {made('seconds')} s, {made('threads')} threads"
    base = f"seed {config.get('seed', '?')}, base model {config.get('base_model', '?')}"
    rows = [
        ("parent", version.parent or "none: the base model and the seed set alone"),
        ("trained", f"{trained}, torch {made('torch')}"),
        ("recipe", f"{made('config_hash')}, {base}"),
        ("config", ", ".join(f"{setting} {value}" for setting, value in config.items()) or "?"),
        ("code", made("code_revision")),
        ("examples", ", ".join(f"{n:,} {side.replace('_', '-')}" for side, n in sides.items())),
        ("learned from", describe(provenance["origins"]) if "origins" in provenance else "?"),
        ("snapshot", version.examples_hash),
    ]
    if snapshot is None:
        return rows
    counts = snapshot.counts
    presumed = [("presumed ham", _counted(counts["presumed"]))] if "presumed" in counts else []
    return [*rows, ("corrections", _counted(counts)), *presumed]


def _counted(counts: dict[str, Any]) -> str:
    """A snapshot's counts in words: taken, held out, left out for which reason."""
    plain = [f"{value} {name.replace('_', ' ')}" for name, value in counts.items() if isinstance(value, int)]
    left = [f"{n} {why.replace('_', ' ')}" for why, n in counts.get("left_out", {}).items() if n]
    return ", ".join(plain) + (f"; left out: {', '.join(left)}" if left else "")


def _fate(version: ModelVersion, directory: Path) -> list[tuple[str, str]]:
    gate = version.gate or {}
    rows = [("the gate", gate_decision(version))]
    figures = gate.get("figures", {}).items()
    rows += [(name.replace("_", " "), _figure(value)) for name, value in figures if value is not None]
    if version.shadow_from:
        rows.append(("in shadow from", f"{version.shadow_from:%Y-%m-%d %H:%M} UTC"))
    if version.promoted_at:
        rows.append(("promoted", f"{version.promoted_at:%Y-%m-%d %H:%M} UTC by {version.promoted_by}"))
    if version.erased_texts:
        rows.append(("erased since", f"{version.erased_texts} of its texts; the next version will not contain them"))
    gone = f"removed {version.pruned_at:%Y-%m-%d} to save space" if version.pruned_at else str(directory)
    return [*rows, ("files", gone)]


def _figure(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
