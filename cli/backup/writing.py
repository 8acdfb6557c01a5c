"""Writes a backup: whole under its name, or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cli.backup.errors import BackupFailed
from cli.backup.manifest import Member

PARTIAL = ".partial"  # behind a backup's name, until it is whole
ABANDONED_SECONDS = 60.0  # since the last write: what is just being made may not be locked yet
COMPRESSED = (".gz", ".tgz")
LEVEL = 1  # of gzip: weights hardly get smaller at any, and higher ones take minutes


class Archive:
    """A tar file that is being written; remembers size and sha256 of every member."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, Member] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a member from memory."""
        self.add_file(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: IO[bytes], size: int) -> Member:
        """Add a member of that size from an open file. Raises OSError where it holds less."""
        header = tarfile.TarInfo(name)
        header.size, header.mtime, header.mode = size, int(time.time()), 0o600
        hashing = _Hashing(file)
        self._tar.addfile(header, hashing)
        self.members[name] = Member(size=size, sha256=hashing.digest.hexdigest())
        return self.members[name]


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self.digest.update(part)
        return part


@contextmanager
def new_archive(path: Path) -> Iterator[Archive]:
    """A new backup, which stands under its name once all of it is on the disk. Raises BackupFailed and leaves nothing."""
    _require_new(path)
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with _exclusive(partial) as file:
            _require_new(path)  # again: another process may have finished the same one meanwhile
            try:
                file.truncate()
                with tarfile.open(fileobj=file, **_mode(path)) as tar:  # type: ignore[call-overload]  # the mode is one of two literals
                    yield Archive(tar)
                file.flush()
                os.fsync(file.fileno())
                os.replace(partial, path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupFailed(path, error.strerror or str(error)) from error


def remove_abandoned(folder: Path, names: str) -> None:
    """Remove what killed processes left of backups with such names; none that is being written, nor what cannot be removed."""
    for partial in folder.glob(f"{names}{PARTIAL}"):
        with suppress(OSError, BackupFailed):
            if time.time() - partial.lstat().st_mtime < ABANDONED_SECONDS:
                continue
            with _exclusive(partial):
                partial.unlink()


def _require_new(path: Path) -> None:
    if path.exists():
        raise BackupFailed(path, "it exists already, and nothing is overwritten")


def _mode(path: Path) -> dict[str, object]:
    return {"mode": "w:gz", "compresslevel": LEVEL} if path.suffix in COMPRESSED else {"mode": "w"}


@contextmanager
def _exclusive(path: Path) -> Iterator[IO[bytes]]:
    """The file, for this process alone; it may hold what an earlier one left there when it was killed."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupFailed(path, "another backup is just being written there") from error
        yield file


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
