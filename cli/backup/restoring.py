"""Restores a backup into an empty installation, all of it or nothing."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

import migrations
from cli import preparation
from cli.backup import reading, stated, versions
from cli.backup.errors import NotABackup, NotRestored
from cli.backup.making import megabytes, versions_in
from cli.backup.manifest import DATABASE, MODELS, SETTINGS, Manifest
from storage.dump import dumping, tables
from storage.dump.loading import Loader
from storage.errors import NotLoadable
from storage.session import at_one_moment, engine_for, shown, transaction
from storage.settings import StorageSettings

STAGED = ".restoring"  # in the folder of models, until everything is there
SETTINGS_FILE = "restored-settings.env"
RESERVE = 500_000_000  # bytes that stay free, for what else writes there: logs, the database's journal
LOGINS = ("login_links", "login_sessions", "link_codes")  # what ended since would be open again
PLAIN_NAME = re.compile(r"\w[\w.-]*")  # of a model version, which is also its directory's

Settings = tuple[dict[str, str], list[str]]


@dataclass(frozen=True)
class Restored:
    """What came back, and where its settings are; `left_out` are the secrets that have to be set anew."""

    manifest: Manifest
    settings: Path
    left_out: list[str]
    seconds: float

    @property
    def sentences(self) -> list[str]:
        """What was done and what remains to be done, for the terminal."""
        one = self.manifest
        its = f"of {one.made_at:%Y-%m-%d %H:%M} UTC by hamlet {one.hamlet} on {one.dialect}"
        models = versions_in(one)
        sentences = [f"Restored {sum(one.rows.values()):,} rows and {models} {its} in {self.seconds:.1f} s."]
        sentences.append(f"Its settings are in {self.settings}; copy to .env what holds here too.")
        if self.left_out:
            sentences.append(f"Set anew, for secrets are in no backup: {', '.join(self.left_out)}.")
        sentences.append("Everybody logs in anew. Tokens of programs are valid as they were: `hamlet tokens list`.")
        return [*sentences, "Stop the old hamlet before this one starts: one bot token serves one at a time."]


def _free(folder: Path) -> int:
    """Bytes that are free where the folder is."""
    return shutil.disk_usage(folder).free


def restore(path: Path, upgrades: bool = True, free: Callable[[Path], int] = _free) -> Restored:
    """Verify the file, restore it, and bring the tables up to date unless told not to.

    Raises NotABackup, BackupTooNew, NotRestored, and the named errors of storage.
    """
    started, storage = time.monotonic(), StorageSettings()
    with preparation.only_one(storage.home):
        manifest = reading.verified(path)
        with engine_for(storage.address) as engine:
            _require_empty(engine, storage, manifest)
            _require_room(engine, storage, manifest, free(storage.home))
            migrations.make_empty_tables(storage.address, manifest.step)
            settings = _load(path, manifest, engine, storage.models)
        if upgrades:
            migrations.upgrade(storage.address)
        file = storage.home / SETTINGS_FILE
        file.write_text(stated.as_env(*settings), encoding="utf-8")
    return Restored(manifest, file, settings[1], time.monotonic() - started)


def _require_empty(engine: Engine, storage: StorageSettings, manifest: Manifest) -> None:
    with at_one_moment(engine) as connection:
        if tables.has_rows(connection):
            raise NotRestored(
                f"the database {shown(storage.address)} has rows already",
                "name an empty one with HAMLET_DATABASE_URL or another HAMLET_HOME, or move the old one away first",
            )
    if not manifest.has_models:
        return
    if versions.has_files(storage.models):
        raise NotRestored(
            f"there are model versions in {storage.models} already", "move them away first, or name another HAMLET_HOME"
        )


def _require_room(engine: Engine, storage: StorageSettings, manifest: Manifest, free: int) -> None:
    """Raises NotRestored where the files would fill the disk: a small packed file may stand for any number of bytes."""
    needed = manifest.model_bytes + (manifest.database_bytes if engine.dialect.name == "sqlite" else 0)
    if needed > free - RESERVE:
        reason = (
            f"{megabytes(needed)} are needed in {storage.home}, and {megabytes(free)} are free, "
            f"of which {megabytes(RESERVE)} have to stay so"
        )
        raise NotRestored(reason, "make room there, or name another HAMLET_HOME")


def _load(path: Path, manifest: Manifest, engine: Engine, models: Path) -> Settings:
    """Load all rows and put all files into place; the transaction ends when both is done. Returns the settings."""
    settings: Settings = {}, []
    with _errors_named(path), _staging(models, manifest) as staged, transaction(engine) as session:
        loader = Loader(session.connection())
        for name, parts in reading.contents(path, manifest):
            if name == SETTINGS:
                settings = stated.from_json(b"".join(parts))
            elif name.startswith(f"{DATABASE}/"):
                loader.load(name.split("/")[1], b"".join(parts))
            else:
                _extract(versions.path_in(staged, name), parts)
        if loader.rows != manifest.rows:
            raise NotABackup(path, "it has not as many rows as its manifest says")
        for table in LOGINS:
            loader.leave_out(table)
        _require_plain_names(session.connection(), path)
        loader.set_sequences()
        hashes = {name: one.sha256 for name, one in manifest.members.items() if name.startswith(f"{MODELS}/")}
        versions.share(staged, manifest.same, hashes)
        for directory in staged.iterdir():
            directory.rename(models / directory.name)
    return settings


def _require_plain_names(connection: Connection, path: Path) -> None:
    """Raises NotABackup where a row names a version whose directory would lie outside the folder of models."""
    for name in dumping.version_names(connection):
        if not PLAIN_NAME.fullmatch(name):
            raise NotABackup(path, f"a model version is called {name!r}, which leads out of the folder of models")


def _extract(target: Path, parts: Iterator[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _staging(models: Path, manifest: Manifest) -> Iterator[Path]:
    """A folder for the files until all are there. On an error nothing of them stays, wherever it is by then."""
    staged = models / STAGED
    shutil.rmtree(staged, ignore_errors=True)  # of a restore that was killed
    staged.mkdir(parents=True)
    try:
        yield staged
    except BaseException:
        for name in [*manifest.versions, versions.TRUNKS] if manifest.has_models else []:
            shutil.rmtree(models / name, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except (NotLoadable, ValueError) as error:
        raise NotABackup(path, str(error)) from error
    except OSError as error:
        raise NotRestored(
            error.strerror or str(error), "make room in HAMLET_HOME, or give write access to it"
        ) from error
