"""Directories of model versions into a backup and out of it; files that versions share are stored once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from classifier import files
from cli.backup.manifest import MODELS
from cli.backup.writing import Archive

TRUNKS = "trunks"  # beside the versions: hard links to the files that they share
SHARED = (files.FILES[0], files.ENCODER[0])


class Versions:
    """What of the versions' files is in the archive so far."""

    def __init__(self, archive: Archive, models: Path) -> None:
        self._archive, self._models = archive, models
        self._members: dict[tuple[int, int], str] = {}  # of each inode, its member
        self.same: dict[str, str] = {}
        self.without_files: list[str] = []

    def add(self, version: str) -> None:
        """Add a version's directory. One that is removed just now is whole in the archive or not there at all."""
        with _opened(self._models / version) as opened:
            if opened is None:
                self.without_files.append(version)
                return
            for name, file in opened.items():
                self._add_file(f"{MODELS}/{version}/{name}", file)

    def _add_file(self, name: str, file: IO[bytes]) -> None:
        status = os.fstat(file.fileno())
        inode = status.st_dev, status.st_ino
        if inode in self._members:
            self.same[name] = self._members[inode]
            return
        self._archive.add_file(name, file, status.st_size)
        self._members[inode] = name


@contextmanager
def _opened(directory: Path) -> Iterator[dict[str, IO[bytes]] | None]:
    """The version's files, all open, so that removing them no longer matters; None unless those it needs are there."""
    with ExitStack() as stack:
        try:
            needed = {files.MANIFEST, *files.read_json(directory / files.MANIFEST)}
            names = sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())
            opened: dict[str, IO[bytes]] = {name: stack.enter_context((directory / name).open("rb")) for name in names}
        except (OSError, ValueError):
            yield None
            return
        yield opened if needed <= opened.keys() else None


def has_files(models: Path) -> bool:
    """Whether the folder of versions holds anything but empty folders."""
    return any(not path.is_dir() for path in models.rglob("*"))


def share(models: Path, same: dict[str, str], hashes: dict[str, str]) -> None:
    """Link each file that is another's, and those that later versions may share. Raises OSError.

    Names begin with the archive's folder `models`, which stands for this one.
    """
    for name, original in same.items():
        link(path_in(models, original), path_in(models, name))
    for name, sha256 in hashes.items():
        trunk = models / TRUNKS / f"{sha256}.safetensors"
        if name.split("/")[-1] in SHARED and not trunk.exists():
            link(path_in(models, name), trunk)


def path_in(models: Path, name: str) -> Path:
    """Where a member of the archive's folder `models` belongs."""
    return models / name.removeprefix(f"{MODELS}/")


def link(original: Path, path: Path) -> None:
    """Another name for a file, or a copy of it where the file system has no hard links. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(original, path)
    except OSError:
        shutil.copyfile(original, path)
