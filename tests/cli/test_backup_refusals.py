"""Nothing is overwritten: neither a file by a backup, nor rows or model versions by what is restored."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.backup import making, reading, restoring, upgrades
from cli.backup.errors import BackupFailed, NotRestored
from storage.settings import StorageSettings
from tests.cli.conftest import Version
from tests.cli.homes import backed_up, empty_home
from tests.conftest import count
from tests.storage import given


def test_a_file_that_exists_is_not_overwritten(home: Engine, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("precious")
    with pytest.raises(BackupFailed, match="exists already"):
        backed_up(tmp_path)
    assert (tmp_path / "b.tar").read_text() == "precious"


def test_a_folder_that_is_not_there_is_named(home: Engine, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match=r"No such file or directory.*name another place"):
        backed_up(tmp_path / "nowhere")


def test_what_a_killed_backup_left_is_in_nobodys_way(home: Engine, tmp_path: Path) -> None:
    (tmp_path / "b.tar.partial").write_bytes(b"x" * 10_000_000)
    assert reading.verified(backed_up(tmp_path)).rows == {}
    assert not (tmp_path / "b.tar.partial").exists()


def test_halves_that_killed_upgrades_left_are_removed_and_none_that_is_being_written(home: Engine) -> None:
    storage = StorageSettings()
    folder = storage.home / "backups"
    folder.mkdir()
    old, fresh, locked = (folder / f"before-upgrade-{name}.tar.gz.partial" for name in ("old", "fresh", "locked"))
    other = folder / "mine.tar.gz.partial"
    for path in (old, fresh, locked, other):
        path.write_bytes(b"half")
    for path in (old, locked, other):
        os.utime(path, (0, 0))
    with locked.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        made = upgrades.back_up(storage)
    assert set(folder.iterdir()) == {made, fresh, locked, other}


def test_a_backup_stands_where_no_note_of_it_can_be_written(home: Engine, tmp_path: Path) -> None:
    note = StorageSettings().home / making.LAST
    note.mkdir()
    made = making.back_up(tmp_path / "b.tar")
    assert reading.verified(made.path) == made.manifest
    assert made.sentences[-1].startswith("The backup stands, but `hamlet doctor` will not know of it: ")
    assert list(note.parent.glob(f".{making.LAST}*")) == [], "nothing half-written is left"


def test_a_database_with_rows_is_not_restored_into(home: Engine, tmp_path: Path) -> None:
    given.received(home, given.incoming())
    file = backed_up(tmp_path)
    with pytest.raises(NotRestored, match="has rows already; name an empty one"):
        restoring.restore(file)
    assert count(home, "messages") == 1


def test_versions_that_are_there_are_not_mixed_with_those_of_a_backup(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version("v1", promoted=True)
    file = backed_up(tmp_path)
    target = empty_home(monkeypatch, tmp_path / "new")
    other = StorageSettings().models / "v9" / "config.json"
    other.parent.mkdir(parents=True)
    other.write_text("{}")
    with pytest.raises(NotRestored, match=r"model versions in .* already; move them away"):
        restoring.restore(file)
    assert not (tmp_path / "new" / "models" / "v1").exists()
    assert other.exists()
    target.dispose()


def test_a_backup_that_would_fill_the_disk_is_refused_with_both_numbers(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version("v1", promoted=True)
    file = backed_up(tmp_path, "b.tar.gz")
    manifest = reading.verified(file)
    target, room = empty_home(monkeypatch, tmp_path / "new"), manifest.model_bytes + manifest.database_bytes
    numbers = rf"{room / 1e6:,.1f} MB are needed in .*, and {(restoring.RESERVE + room - 1) / 1e6:,.1f} MB are free"
    with pytest.raises(NotRestored, match=rf"{numbers}, of which 500.0 MB have to stay so; make room there"):
        restoring.restore(file, free=lambda _: restoring.RESERVE + room - 1)
    assert not StorageSettings().models.exists()
    restoring.restore(file, free=lambda _: restoring.RESERVE + room)
    assert (StorageSettings().models / "v1").is_dir()
    target.dispose()
