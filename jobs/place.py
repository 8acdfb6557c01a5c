"""Where a process runs: within one place, and nowhere else, a process's number says which process it is."""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path

BOOT, PROCESSES = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")  # identify machine and container


@cache
def fingerprint(processes: Path = PROCESSES) -> str:
    """Twelve hexadecimal digits that this container of this machine has to itself, until the machine starts anew.

    A machine's name, which may change while processes run, counts only where the system tells nothing better.
    """
    parts = list[str]()
    for path, read in ((BOOT, Path.read_text), (processes, os.readlink)):
        with suppress(OSError):  # not on Linux
            parts.append(str(read(path)))
    if len(parts) < 2:
        parts.append(platform.node())
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]
