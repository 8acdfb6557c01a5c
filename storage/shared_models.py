"""Model versions at an address that all machines reach, such as s3://bucket/hamlet: published once, fetched where needed.

objects/<sha256>       every file of every version, once
versions/<name>.json   which files a version consists of: its manifest
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

from storage import addresses
from storage.errors import StorageError

MANIFEST = "manifest.json"
DIGEST = re.compile("[0-9a-f]{64}")  # it becomes part of a path
NO_NAMES = ("", ".", "..")


class ModelsUnreachable(StorageError):
    def __init__(self, url: str, what: str, error: Exception) -> None:
        reason = addresses.without_secrets(str(error), url) or type(error).__name__
        super().__init__(
            f"{what} ({reason}); HAMLET_MODELS_URL is {addresses.shown(url)}: put it right, or leave it empty where all "
            "is on one machine"
        )


class SharedModels:
    """The local folder of model versions, and the address it is kept in step with; without one, the folder alone."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder, self._url = folder, url
        self._seen: set[str] = set()  # versions known to be at the address; none of them is ever changed

    def publish(self, name: str) -> None:
        """Copy a version of this machine to the address, what is there already left out. Raises ModelsUnreachable."""
        if self._url is None:
            return
        try:
            manifest = _read(self.folder / name)
            for file, digest in manifest.items():
                self._put(self.folder / name / file, f"objects/{digest}")
            self._files.makedirs(self._at("versions"), exist_ok=True)
            self._files.pipe_file(self._at(f"versions/{name}.json"), json.dumps(manifest).encode())
        except Exception as error:  # each kind of storage raises its own
            raise ModelsUnreachable(self._url, f"{name} cannot be copied there", error) from error

    def fetch(self, name: str) -> Path:
        """The version's folder on this machine, fetched from the address where it is missing. Raises ModelsUnreachable.

        Files that another version here has already are linked. What was fetched is verified by its hash.
        """
        folder = self.folder / name
        if self._url is None or (folder / MANIFEST).is_file():
            return folder
        arriving = self.folder / f".{name}-{uuid.uuid4().hex}"
        try:
            manifest = self._manifest(name)
            arriving.mkdir(parents=True)
            here = _files_by_hash(self.folder)
            for file, digest in manifest.items():
                self._get(digest, arriving / file, here.get(digest))
            (arriving / MANIFEST).write_text(json.dumps(manifest))
            if not folder.exists():  # another process may have been faster
                os.replace(arriving, folder)
        except Exception as error:
            raise ModelsUnreachable(self._url, f"{name} cannot be fetched", error) from error
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
        return folder

    def has(self, name: str) -> bool:
        """Whether all files of the version exist here, or the address has it."""
        folder = self.folder / name
        try:
            return all((folder / file).is_file() for file in _read(folder))
        except (OSError, ValueError):
            return self._is_published(name)

    def withdraw(self, name: str) -> None:
        """Delete the version at the address, and the files that no other version there has. Raises ModelsUnreachable."""
        if self._url is None:
            return
        try:
            if not self._files.exists(listed := self._at(f"versions/{name}.json")):
                return
            digests = set(self._manifest(name).values())
            self._files.rm_file(listed)
            self._seen.discard(name)
            for other in self._files.ls(self._at("versions"), detail=False):
                digests -= set(_checked(json.loads(self._files.cat_file(other))).values())
            for digest in digests:
                self._files.rm_file(self._at(f"objects/{digest}"))
        except Exception as error:
            raise ModelsUnreachable(self._url, f"{name} cannot be deleted there", error) from error

    def _is_published(self, name: str) -> bool:
        if self._url is None:
            return False
        try:
            if name in self._seen or self._files.exists(self._at(f"versions/{name}.json")):
                self._seen.add(name)
                return True
        except Exception:  # out of reach: whoever needs the version says why
            return False
        return False

    @cached_property
    def _root(self) -> tuple[Any, str]:
        import fsspec  # only where there is an address

        files, path = fsspec.core.url_to_fs(self._url)
        return files, str(path).rstrip("/")

    @property
    def _files(self) -> Any:
        return self._root[0]

    def _at(self, path: str) -> str:
        return f"{self._root[1]}/{path}"

    def _manifest(self, name: str) -> dict[str, str]:
        return _checked(json.loads(self._files.cat_file(self._at(f"versions/{name}.json"))))

    def _put(self, file: Path, path: str) -> None:
        if self._files.exists(self._at(path)):
            return
        self._files.makedirs(self._at("objects"), exist_ok=True)
        partial = self._at(f"{path}-{uuid.uuid4().hex}")
        self._files.put_file(str(file), partial)
        self._files.mv(partial, self._at(path))

    def _get(self, digest: str, file: Path, same: Path | None) -> None:
        if same is not None:
            os.link(same, file)
            return
        self._files.get_file(self._at(f"objects/{digest}"), str(file))
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != digest:
                raise ValueError(f"{file.name} is damaged there")


def _read(folder: Path) -> dict[str, str]:
    return _checked(json.loads((folder / MANIFEST).read_text()))


def _checked(manifest: Any) -> dict[str, str]:
    """The manifest, whoever wrote it. Raises ValueError where a path made of it would lie outside its folder."""
    if not isinstance(manifest, dict) or any(Path(file).name != file or file in NO_NAMES for file in manifest):
        raise ValueError("its manifest names other folders")
    if not all(isinstance(digest, str) and DIGEST.fullmatch(digest) for digest in manifest.values()):
        raise ValueError("its manifest has something else where a sha256 should be")
    return manifest


def _files_by_hash(folder: Path) -> dict[str, Path]:
    """Where each file of the versions in that folder is, by its hash."""
    places = {}
    for listed in folder.glob(f"[!.]*/{MANIFEST}"):
        for file, digest in _read(listed.parent).items():
            if (listed.parent / file).is_file():
                places[digest] = listed.parent / file
    return places
