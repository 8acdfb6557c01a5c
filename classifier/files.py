"""The files of a model version, and whether they are those that were saved. Imports neither networks nor torch."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
NGRAM_MODEL = "wide.safetensors"
FILES = ("trunk.safetensors", "head.safetensors", "config.json", "tokenizer.json", "metrics.json", "training.json")
ENCODER = ("encoder.safetensors", "encoder.model", "encoder.json")  # of a version with an encoder
ENCODER_HEAD = "encoder_head.safetensors"
LEARNED = (FILES[1], NGRAM_MODEL, ENCODER_HEAD)  # what a run learns; the trunk is the base model's


def verify(directory: Path, registered: str | None = None) -> None:
    """Compare the manifest with the hash that was registered, if any, and every file with the manifest.

    Raises OSError or ValueError naming the first that differs.
    """
    manifest = read_json(directory / MANIFEST)
    if registered is not None and _hash(manifest) != registered:
        raise ValueError(
            f"{MANIFEST} is not the one that was registered, so its files may be anybody's: "
            "bring the whole directory back from a backup"
        )
    if any(Path(name).name != name for name in manifest):
        raise ValueError(f"{MANIFEST} names other folders")
    for name in sorted({*FILES, *manifest}):
        if manifest.get(name) != sha256_of(directory / name):
            raise ValueError(f"{name} is not the file that was saved (its sha256 differs from {MANIFEST})")


def is_whole(directory: Path, registered: str | None = None) -> bool:
    """Whether `verify` finds nothing."""
    try:
        verify(directory, registered)
    except (OSError, ValueError):
        return False
    return True


def manifest_hash(directory: Path) -> str:
    """What a version is registered with. Raises OSError, or ValueError where the manifest is no JSON object."""
    return _hash(read_json(directory / MANIFEST))


def _hash(manifest: dict[str, Any]) -> str:
    """Of what the manifest says, for a copy that was fetched may be laid out in another way."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


Stamps = dict[Path, tuple[int, int, int]]


def stamps(directory: Path) -> Stamps:
    """What tells later whether weights of the version were written to: their inodes, sizes, and when they were changed."""
    return {path: _stamp(path) for path in directory.glob("*.safetensors")}


def written_to(before: Stamps) -> list[str]:
    """The names of the files that were written to since, in place; one that is gone or replaced is still mapped as it was."""
    return sorted(path.name for path, stamp in before.items() if _is_written_to(path, stamp))


def _is_written_to(path: Path, stamp: tuple[int, int, int]) -> bool:
    try:
        present = _stamp(path)
    except OSError:
        return False
    return present[0] == stamp[0] and present != stamp


def _stamp(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def learned_alike(one: Path, other: Path) -> bool:
    """Whether two versions have the same learned weights, bit for bit. Raises OSError or ValueError where one is gone."""
    manifests = [read_json(directory / MANIFEST) for directory in (one, other)]
    return len({tuple(manifest.get(name) for name in LEARNED) for manifest in manifests}) == 1


def share(path: Path, shared: Path) -> None:
    """Store a file once: where `shared` has one of the same bytes, link to it; else link this one there."""
    if not path.exists():
        return
    shared.mkdir(parents=True, exist_ok=True)
    original = shared / f"{sha256_of(path)}.safetensors"
    try:
        if original.exists() and sha256_of(original) == original.stem:
            path.unlink()
            os.link(original, path)
        else:
            original.unlink(missing_ok=True)  # damaged since: the good one takes its place
            os.link(path, original)
    except OSError:  # a file system without hard links: every version keeps its own
        if not path.exists():
            shutil.copyfile(original, path)


def sync(path: Path) -> None:
    """Flush the file's content to disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Indented, keys sorted. Raises OSError."""
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Raises OSError, or ValueError where it is no JSON object."""
    content = json.loads(path.read_text())
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not a JSON object")
    return content
