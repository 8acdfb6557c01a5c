"""Reads a backup: everything about it is checked before anything is taken from it."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

import migrations
from cli.backup import manifest as manifests
from cli.backup.errors import BackupTooNew, NotABackup
from cli.backup.manifest import DATABASE, DIGITS, MODELS, NAME, SETTINGS, Manifest, Member

GZIP = b"\x1f\x8b"
LONGEST_MANIFEST = 64_000_000  # bytes; the members of a backup are a few thousand
LONGEST_CHUNK = 256_000_000  # bytes that are read into memory at once
PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)  # no links, devices, folders or sparse files
OURS = re.compile(rf"{DATABASE}/\w+/\d{{{DIGITS}}}\.jsonl|{MODELS}/\w[\w.-]*/.+|{re.escape(SETTINGS)}", re.DOTALL)
PART = 1 << 20  # bytes that are hashed at once


class Damaged(Exception):
    """The text says what is wrong with the file."""


def verified(path: Path) -> Manifest:
    """The manifest of a backup that is wholly as that says. Raises NotABackup and BackupTooNew."""
    with _errors_named(path):
        manifest, members = None, dict[str, Member]()
        for name, size, file in _members(path):
            if manifest is not None:
                raise Damaged(f"{name!r} stands behind its end")
            if name == NAME:
                manifest = _manifest(path, file, size)
            else:
                members[name] = _measured(file)
        if manifest is None:
            raise Damaged("it is cut short, or no backup of hamlet's")
        _require_agreement(manifest, members)
        return manifest


def contents(path: Path, manifest: Manifest) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The members in their order, each in parts. Raises NotABackup where the file is no longer what was verified."""
    with _errors_named(path):
        for name, _, file in _members(path):
            if name != NAME:
                yield name, _parts(path, name, file, manifest.members.get(name))


def _parts(path: Path, name: str, file: IO[bytes], expected: Member | None) -> Iterator[bytes]:
    """The member's bytes, never more than the manifest says, and at the end the same."""
    digest, size = hashlib.sha256(), 0
    with _errors_named(path):
        while expected is not None and size <= expected.size and (part := file.read(PART)):
            digest.update(part)
            size += len(part)
            yield part
        if expected != Member(size=size, sha256=digest.hexdigest()):
            raise Damaged(f"{name!r} has changed since it was verified")


def _members(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Each member's name, size and content. Raises Damaged for names and kinds that a backup never has."""
    seen = set[str]()
    with path.open("rb") as raw:
        is_compressed = raw.read(2) == GZIP
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if is_compressed else raw
        bounded: Any = _Bounded(plain)  # reads, seeks and tells, which is all that tarfile asks for
        with tarfile.open(fileobj=bounded, mode="r:") as tar:
            while (header := tar.next()) is not None:
                tar.members = []  # type: ignore[attr-defined]  # it would remember all of them
                _require_plain(header, seen)
                seen.add(header.name.casefold())
                file = tar.extractfile(header)
                assert file is not None
                yield header.name, header.size, file


class _Bounded:
    """A file of which nobody reads more into memory at once than the longest manifest: tarfile would, where a header asks for it."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        """Raises Damaged for a header without measure."""
        if not 0 <= size <= LONGEST_MANIFEST + tarfile.RECORDSIZE:
            raise Damaged("one of its headers is longer than any")
        return self._file.read(size)


def _require_plain(header: tarfile.TarInfo, seen: set[str]) -> None:
    name = header.name
    if header.type not in PLAIN or header.issparse():
        raise Damaged(f"{name!r} is no plain file")
    if name.casefold() in seen:
        raise Damaged(f"{name!r} is there twice")
    require_safe(name)
    if name != NAME and not OURS.fullmatch(name):
        raise Damaged(f"{name!r} is nothing that a backup holds")


def require_safe(name: str) -> None:
    """Raises Damaged for a name that would lead out of the folder it is put into."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or any(c in name for c in "\\\0"):
        raise Damaged(f"{name!r} leads out of its folder")


def _measured(file: IO[bytes]) -> Member:
    digest, size = hashlib.sha256(), 0
    while part := file.read(PART):
        digest.update(part)
        size += len(part)
    return Member(size=size, sha256=digest.hexdigest())


def _manifest(path: Path, file: IO[bytes], size: int) -> Manifest:
    if size > LONGEST_MANIFEST:
        raise Damaged(f"its {NAME} is longer than any")
    stated = json.loads(file.read())
    _require_known(path, stated)
    return Manifest.model_validate(stated)


def _require_known(path: Path, stated: Any) -> None:
    """Raises BackupTooNew. It comes first, for what a newer one holds may mean something else."""
    if not isinstance(stated, dict):
        raise Damaged(f"its {NAME} is no manifest")
    its = str(stated.get("hamlet", "?"))[:40], str(stated.get("step", "?"))[:40]
    ours = manifests.hamlets_version(), migrations.newest()
    is_newer = manifests.as_numbers(its[0]) > manifests.as_numbers(ours[0])
    if is_newer or stated.get("format") != manifests.FORMAT or not migrations.knows(its[1]):
        raise BackupTooNew(path, its, ours)


def _require_agreement(manifest: Manifest, members: dict[str, Member]) -> None:
    for name in sorted({*members, *manifest.members}):
        if members.get(name) != manifest.members.get(name):
            raise Damaged(f"{name!r} is not as its {NAME} says")
        if not name.startswith(f"{MODELS}/") and members[name].size > LONGEST_CHUNK:
            raise Damaged(f"{name!r} is longer than any")
    for name, original in manifest.same.items():
        _require_of_model(name)
        _require_of_model(original)
        if name in members or original not in members:
            raise Damaged(f"its {NAME} has {name!r} and {original!r} as the same, which cannot be")
    if SETTINGS not in members or (manifest.versions and not manifest.has_models):
        raise Damaged(f"it has no {SETTINGS}, or models that its {NAME} denies")


def _require_of_model(name: str) -> None:
    require_safe(name)
    if not (OURS.fullmatch(name) and name.startswith(f"{MODELS}/")):
        raise Damaged(f"its {NAME} has {name!r} as a model's file")


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        ValidationError,
        ValueError,
        RecursionError,
    ) as error:
        raise NotABackup(path, f"it is damaged, or no backup of hamlet's ({_brief(error)})") from error
    except Damaged as error:
        raise NotABackup(path, str(error)) from error
    except OSError as error:
        raise NotABackup(path, error.strerror or str(error)) from error


def _brief(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
