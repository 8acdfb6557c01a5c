"""Versions, the database, the model that serves, room on the disks, and the last backup."""

from __future__ import annotations

import json
import platform
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.sql.functions import now as database_now

import migrations
from classifier import files
from cli.backup import manifest as manifests
from cli.backup.making import LAST
from cli.doctor.line import Check, Line, nothing, right, wrong
from storage.dump import tables
from storage.learning import versions
from storage.models import now
from storage.session import at_one_moment, engine_for, reading, shown
from storage.settings import StorageSettings
from training.settings import TrainingSettings

LEAST_FOR_DATABASE, LEAST_FOR_MODELS = 200_000_000, 2_000_000_000  # bytes; a run writes a version of about 1 GB
OLDEST_BACKUP = timedelta(days=7)
CLOCKS_DIFFER = timedelta(seconds=5)  # leases last 30 s


def checks() -> list[Check]:
    storage = StorageSettings()
    return [
        Check("version", lambda: [_version()]),
        Check("database", lambda: [_database(storage.address)], 7.0),
        Check("database's clock", lambda: [_clock(storage.address)], 7.0),
        Check("room", lambda: _rooms(storage, TrainingSettings().cache)),
        Check("champion", lambda: [_champion(storage)], 9.0),
        Check("last backup", lambda: [last_backup(storage.home, now())]),
    ]


def _version() -> Line:
    return right("version", f"hamlet {manifests.hamlets_version()}, Python {platform.python_version()}")


def _database(address: str) -> Line:
    name, what = shown(address), "database"
    with engine_for(address) as engine, at_one_moment(engine) as connection:
        step = tables.step(connection)
    if step is None:
        return wrong(what, f"{name} has no tables yet", "run `hamlet migrate` or `make run`")
    if not migrations.knows(step):
        return wrong(what, f"{name} is at step {step}, which a newer hamlet made", "update this one")
    if step != migrations.newest():
        return wrong(what, f"{name} is at step {step} of {migrations.newest()}", "run `hamlet migrate` or `make run`")
    return right(what, f"{name} answers and is at the newest step, {step}")


def _clock(address: str) -> Line:
    what = "database's clock"
    if make_url(address).get_backend_name() == "sqlite":
        return nothing(what, "the database is a file here, so it has this machine's")
    with engine_for(address) as engine, reading(engine) as session:
        its: datetime = session.scalar(select(database_now()))  # type: ignore[assignment]  # a query of one value has one
    return clock(what, its - now(), CLOCKS_DIFFER)


def clock(what: str, ahead: timedelta, most: timedelta) -> Line:
    """By how much another clock is ahead of ours, and whether that matters."""
    seconds = ahead.total_seconds()
    if abs(ahead) <= most:
        return right(what, f"differs from this machine's by {abs(seconds):.0f} s")
    direction = "behind" if seconds > 0 else "ahead"
    return wrong(what, f"this machine's is {abs(seconds):,.0f} s {direction}", "let NTP set this machine's clock")


def _rooms(storage: StorageSettings, cache: Path) -> list[Line]:
    url = make_url(storage.address)
    rooms = [
        room("room for models", storage.models, LEAST_FOR_MODELS),
        room("room in the cache", cache, LEAST_FOR_MODELS),
    ]
    if url.get_backend_name() != "sqlite":
        return [nothing("room for database", "its server knows"), *rooms]
    return [room("room for database", Path(url.database or ""), LEAST_FOR_DATABASE), *rooms]


def room(what: str, path: Path, least: int) -> Line:
    """What is free where the path lies, or will lie once it is made."""
    existing = next((folder for folder in [path, *path.parents] if folder.exists()), Path("/"))
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:,.1f} GB free at {path}"
    if free >= least:
        return right(what, text)
    return wrong(what, text, f"make room: below {least / 1e9:.1f} GB it may soon be full")


def _champion(storage: StorageSettings) -> Line:
    what = "champion"
    with engine_for(storage.address) as engine, reading(engine) as session:
        champion = versions.champion(session)
    if champion is None:
        return wrong(what, "no model version serves, so messages wait", "run `hamlet train` and `hamlet promote`")
    if storage.models_url and not (storage.models / champion.name / files.MANIFEST).is_file():
        return _not_here(storage, what, champion.name)
    try:
        files.verify(storage.models / champion.name, champion.manifest_hash)
    except (OSError, ValueError) as error:
        remedy = "bring its files back from a backup, or `hamlet promote` another"
        return wrong(what, f"{champion.name} is damaged: {error}", remedy)
    return right(what, f"{champion.name} serves, and all its files are as they were saved")


def _not_here(storage: StorageSettings, what: str, name: str) -> Line:
    """Of a champion without files on this machine."""
    if storage.has_files(name):
        return nothing(what, f"{name} is not fetched yet; a worker fetches it from HAMLET_MODELS_URL when it loads it")
    remedy = "put HAMLET_MODELS_URL right, bring its files back from a backup, or `hamlet promote` another"
    return wrong(what, f"{name} has no files here, and it is not found at HAMLET_MODELS_URL", remedy)


def last_backup(home: Path, present: datetime) -> Line:
    """How old the last backup is that `hamlet backup` noted."""
    what, remedy = "last backup", "run `hamlet backup FILE`, and keep the file elsewhere"
    try:
        note = json.loads((home / LAST).read_text())
        made_at, file = datetime.fromisoformat(note["made_at"]).astimezone(UTC), str(note["file"])
    except FileNotFoundError:
        return wrong(what, "none was made", remedy)
    except (ValueError, KeyError, TypeError) as error:
        return wrong(what, f"{home / LAST} cannot be read ({error})", remedy)
    age = present - made_at
    text = f"{age.total_seconds() / 86_400:.1f} days ago, {file}"
    return right(what, text) if age <= OLDEST_BACKUP else wrong(what, text, remedy)
