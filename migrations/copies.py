"""Copies a SQLite file, beside itself and under a telling name, before its tables change."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from migrations import rows
from storage.errors import NoCopy
from storage.models import now
from storage.session import shown

KEPT = 3  # newest copies


def before_upgrade(engine: Engine, scripts: ScriptDirectory) -> Path | None:
    """Copy the database if it is a SQLite file with rows and is not at the newest step.

    Returns the copy, or None where none was needed. Raises NoCopy if it cannot be written.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or path is None or not Path(path).exists():
        return None
    with engine.execution_options(reads_only=True).connect() as connection:
        step = MigrationContext.configure(connection).get_current_revision()
        if step == scripts.get_current_head() or not rows.are_there(connection):
            return None
    copy = _name(Path(path), step or "the-beginning")
    try:
        _copy(Path(path), copy)
    except (OSError, sqlite3.Error) as error:
        raise NoCopy(shown(str(engine.url)), str(error)) from error
    for old in sorted(copy.parent.glob(f"{_stem(Path(path))}*{copy.suffix}"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def _stem(path: Path) -> str:
    return f"{path.stem}-before-upgrade-"


def _name(path: Path, step: str) -> Path:
    """The copy's path; copies sorted by name are sorted by age."""
    return path.with_name(f"{_stem(path)}{now():%Y-%m-%d-%H%M%S-%f}-from-{step}{path.suffix}")


def _copy(path: Path, copy: Path) -> None:
    """Copy with SQLite's backup, for the database may be in use; the copy is complete or does not exist."""
    part = copy.with_name(f"{copy.name}.part")
    try:
        source, target = sqlite3.connect(path), sqlite3.connect(part)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        shutil.copymode(path, part)
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
