"""Liveness: each process touches a file of its own from its main loop; health checks look at the age of the files.

A file's name tells the process's kind, its container or machine, and its number there, so that of several workers that share
HAMLET_HOME none stands for another.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from jobs import place
from jobs.settings import JobsSettings

LONGEST_SILENCE_SECONDS = {"worker": 60.0, "actions": 60.0, "schedule": 30.0, "bot": 180.0, "training": 900.0}
CLOCKS_DIFFER_SECONDS = 5.0  # the disk's and the machine's; a beat further in the future is ignored
LEFT_BEHIND_SECONDS = 86_400.0  # of a container that was replaced; the next process that begins deletes the file


class Heartbeat:
    """The heartbeat of this process."""

    def __init__(self, process: str, settings: JobsSettings) -> None:
        self._process, self._has_begun = process, False
        self.path: Path = settings.runtime / f"{process}.{place.fingerprint()}.{os.getpid()}.heartbeat"

    def beat(self) -> None:
        """Record that the loop is alive; a full disk does not stop the loop."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch()
        except OSError:
            return
        if not self._has_begun:
            self._has_begun = True
            _clear_up(self.path.parent, self._process)

    def age_seconds(self) -> float | None:
        """Seconds since the last beat; None where there was none, or where its time is in the future."""
        return _age(self.path)


def silence_here(process: str, settings: JobsSettings) -> float | None:
    """Seconds since the last beat of the most silent process of this kind that lives in this container or machine.

    Where none lives, the time since the last one's last beat. None where there was none.
    """
    files = list(settings.runtime.glob(f"{process}.{place.fingerprint()}.*.heartbeat"))
    living = [age for file in files if _lives(file) and (age := _age(file)) is not None]
    return max(living) if living else _youngest(files)


def silence_anywhere(process: str, settings: JobsSettings) -> float | None:
    """As `silence_here`; where no such process ever ran here, the time since the last beat in any container that shares HAMLET_HOME."""
    here = silence_here(process, settings)
    return _youngest(settings.runtime.glob(f"{process}.*.heartbeat")) if here is None else here


def _youngest(files: Iterator[Path] | list[Path]) -> float | None:
    return min((age for file in files if (age := _age(file)) is not None), default=None)


def _age(file: Path) -> float | None:
    try:
        age = time.time() - file.stat().st_mtime
    except OSError:
        return None
    return max(age, 0.0) if age > -CLOCKS_DIFFER_SECONDS else None


def _lives(file: Path) -> bool:
    """Whether the process that beat here lives, in this place; a process with its number that began later is another."""
    try:
        process = psutil.Process(int(file.name.split(".")[-2]))
        is_another = process.create_time() > file.stat().st_mtime + CLOCKS_DIFFER_SECONDS
        return not is_another and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError, ValueError):
        return False


def _clear_up(folder: Path, process: str) -> None:
    """Delete what this kind's processes left behind that died here, and whatever nobody here has touched for a day."""
    here = f".{place.fingerprint()}."
    for file in folder.glob("*.heartbeat"):
        left_here = file.name.startswith(f"{process}{here}")
        if (left_here or (_age(file) or 0.0) > LEFT_BEHIND_SECONDS) and not (here in file.name and _lives(file)):
            with suppress(OSError):
                file.unlink()
