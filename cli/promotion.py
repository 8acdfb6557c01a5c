"""Which version serves, changed from the shell: promotion and rollback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from sqlalchemy import Engine

from classifier.errors import CheckpointError
from classifier.files import is_whole, verify
from cli.errors import CommandError
from cli.logins import signature
from storage.errors import VersionPruned
from storage.learning import versions
from storage.learning.track_record import gate_decision
from storage.models import VersionState
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings

IsWhole = Callable[[Path, str | None], bool]

NEXT_BATCH = "running workers load it before their next batch"


def promote(console: Console, name: str | None) -> None:
    """Make the version champion, if its directory is whole. Raises UnknownVersion, VersionPruned or CheckpointError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    chosen = name or _newest_challenger(engine)
    with reading(engine) as session:
        version = versions.named(session, chosen)
    if version.pruned_at is not None:
        raise VersionPruned(version.name)
    decision = gate_decision(version)
    _require_whole(storage.shared_models.fetch(version.name), version.manifest_hash)
    storage.shared_models.publish(version.name)
    with transaction(engine) as session:
        before = versions.champion(session)
        version = versions.promote(session, chosen, signature())
    if before is not None and before.id == version.id:
        console.print(f"{version.name} is the champion already.")
        return
    f1 = [f"{v.name} F1 {v.metrics['hold_out']['f1']:.4f}" for v in (before, version) if v]
    console.print(f"{version.name} is the champion ({' -> '.join(f1)}); {NEXT_BATCH}.")
    if before is not None and decision != "passed":
        console.print(f"The gate's decision: {escape(decision)}. `hamlet rollback` brings the previous version back.")


def roll_back(console: Console, reason: str, is_whole: IsWhole = is_whole) -> None:
    """Bring back the newest version before the champion whose directory `is_whole` confirms. Raises NothingToRollBackTo or CheckpointError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    with reading(engine) as session:
        served, before = versions.champion(session), versions.fallbacks(session)
    whole = {version.id for version in before if is_whole(storage.models / version.name, version.manifest_hash)}
    if served is not None and before and not whole:
        _require_whole(storage.models / before[0].name, before[0].manifest_hash)
    with transaction(engine) as session:
        serves, by = versions.champion(session, locked=True), signature()
        if served is not None and (serves is None or serves.id != served.id):
            raise CommandError(
                f"{served.name} no longer serves: somebody was faster; `hamlet models` shows which version does"
            )
        back = versions.roll_back(session, by, reason or "no reason was given", lambda v: v.id in whole)
    gone = f"; {served.name} is refused from now on" if served else ""
    console.print(f"{back.name} is the champion again{gone}; {NEXT_BATCH}.")


def _require_whole(directory: Path, registered: str | None) -> None:
    try:
        verify(directory, registered)
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
            f"the newest version, {newest.name}, was {gate_decision(newest)}; `hamlet promote {newest.name}` promotes it anyway"
        )
    if newest is not None and newest.state == VersionState.CHALLENGER:
        raise CommandError(
            f"no version has passed the gate against the champion: the newest, {newest.name}, is "
            f"{gate_decision(newest)}; `hamlet promote {newest.name}` promotes it anyway"
        )
    raise CommandError(
        "there is no challenger to promote; `hamlet train` makes one, `hamlet models` lists all versions"
    )
