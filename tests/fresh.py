"""A migrated SQLite database in milliseconds: the migrations run once a session, and their file is copied."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import migrations
from storage.session import open_engine


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hamlet-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "migrated.sqlite3"
    migrations.upgrade(f"sqlite:///{path}")
    assert not path.with_name(f"{path.name}-wal").exists(), "the template is not one file"
    return path


def sqlite(path: Path) -> str:
    """The address of an empty, migrated database at this path."""
    address = f"sqlite:///{path}"
    open_engine(address).dispose()  # makes the folder
    shutil.copyfile(_template(), path)
    return address
