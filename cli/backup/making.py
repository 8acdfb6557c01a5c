"""Makes a backup while hamlet runs: the database at one moment, then the model versions that it names."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from cli import settings
from cli.backup import manifest as manifests
from cli.backup import stated
from cli.backup.manifest import DATABASE, DIGITS, NAME, SETTINGS, Manifest
from cli.backup.versions import Versions
from cli.backup.writing import Archive, new_archive
from storage.dump import dumping, tables
from storage.errors import DatabaseNotMigrated
from storage.models import now
from storage.session import at_one_moment, engine_for, shown
from storage.settings import StorageSettings
from storage.shared_models import ModelsUnreachable

LAST = "last-backup.json"  # in HAMLET_HOME: when and where the last backup was made


@dataclass(frozen=True)
class Made:
    """A backup that stands under its name."""

    path: Path
    manifest: Manifest
    left_out: list[str]
    size: int
    seconds: float
    not_fetched: dict[str, str] = field(default_factory=dict)  # versions that are only at HAMLET_MODELS_URL, and why
    warning: str = ""

    @property
    def sentences(self) -> list[str]:
        """What was done, for the terminal."""
        one = self.manifest
        rows = f"{sum(one.rows.values()):,} rows ({megabytes(one.database_bytes)})"
        versions = (
            f"{len(one.versions)} model versions ({megabytes(one.model_bytes)})" if one.has_models else "no models"
        )
        sentences = [f"{self.path}: {rows}, {versions}; {megabytes(self.size)} in {self.seconds:.1f} s."]
        if gone := [name for name in one.without_files if name not in self.not_fetched]:
            sentences.append(f"Without files, because they are gone: {', '.join(gone)}.")
        reasons = [self.not_fetched[name] for name in one.without_files if name in self.not_fetched]
        sentences += [f"Left out: model version {reason}." for reason in reasons]
        if self.left_out:
            sentences.append(f"Secrets are not in it; keep them elsewhere: {', '.join(self.left_out)}.")
        return [*sentences, self.warning] if self.warning else sentences


def versions_in(manifest: Manifest) -> str:
    """How many model versions, and how large."""
    count = len(manifest.versions)
    return f"{count} model version{'' if count == 1 else 's'} ({megabytes(manifest.model_bytes)})"


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def back_up(path: Path) -> Made:
    """Back up everything, and note in HAMLET_HOME that it was done; where that is not possible, a warning says so.

    Raises BackupFailed, DatabaseUnreachable and DatabaseNotMigrated.
    """
    storage = StorageSettings()
    made = make(path, storage, settings.of_this_process())
    note = {"made_at": made.manifest.made_at.isoformat(), "file": str(path.resolve())}
    try:
        _write_whole(storage.home / LAST, json.dumps(note))
    except OSError as error:
        reason = error.strerror or str(error)
        warning = f"The backup stands, but `hamlet doctor` will not know of it: {storage.home / LAST} cannot be written ({reason})."
        return replace(made, warning=warning)
    return made


def _write_whole(path: Path, content: str) -> None:
    """Write a small file that readers see as it was or as it is, and never half of it. Raises OSError."""
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        aside.write_text(content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def make(path: Path, storage: StorageSettings, environment: Mapping[str, str | None], has_models: bool = True) -> Made:
    """Write a backup to a file that does not exist yet, whole or not at all."""
    started = time.monotonic()
    values, left_out = stated.stated(environment)
    with engine_for(storage.address) as engine, new_archive(path) as archive:
        with at_one_moment(engine) as connection:
            step = tables.step(connection)
            if step is None:
                raise DatabaseNotMigrated(shown(storage.address))
            made_at, names = now(), dumping.versions_with_files(connection)
            rows = _add_rows(archive, connection)
        versions, not_fetched = Versions(archive, storage.models), dict[str, str]()
        for name in names if has_models else []:
            try:
                storage.shared_models.fetch(name)
            except ModelsUnreachable as error:
                not_fetched[name] = str(error)
            versions.add(name)
        archive.add(SETTINGS, stated.to_json(values, left_out))
        manifest = Manifest(
            hamlet=manifests.hamlets_version(),
            step=step,
            dialect=engine.dialect.name,
            made_at=made_at,
            has_models=has_models,
            rows=rows,
            members=dict(archive.members),
            same=versions.same,
            without_files=versions.without_files,
        )
        archive.add(NAME, manifest.model_dump_json(indent=1).encode())
    return Made(path, manifest, left_out, path.stat().st_size, time.monotonic() - started, not_fetched)


def _add_rows(archive: Archive, connection: Connection) -> dict[str, int]:
    """Every row. Returns how many each table has."""
    rows: dict[str, int] = {}
    for chunk in dumping.chunks(connection):
        archive.add(f"{DATABASE}/{chunk.table}/{chunk.number:0{DIGITS}}.jsonl", chunk.content)
        rows[chunk.table] = rows.get(chunk.table, 0) + chunk.rows
    return rows
