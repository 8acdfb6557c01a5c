"""How many processors this process may use: fewer than the machine has, where an affinity or a quota says so."""

from __future__ import annotations

import math
import os
from pathlib import Path

MOST_THREADS = 256  # by default: more would slow each other down
MOUNTED, MEMBERSHIP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def count(mounted: Path = MOUNTED, membership: Path = MEMBERSHIP) -> int:
    """Processors of this process's affinity, or of the smallest quota of its control groups where that is less."""
    quotas = [math.ceil(quota) for quota in _quotas(mounted, membership)]
    return max(1, min([_affine(), MOST_THREADS, *quotas]))


def _affine() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quotas(mounted: Path, membership: Path) -> list[float]:
    """How many processors' time each control group around this process may use, by the files of either version.

    A container sees its own group at the root; elsewhere /proc has the group's path, and every group above it counts.
    """
    quotas: list[float | None] = []
    for line in _read(membership).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = mounted / controllers if controllers else mounted
        inner = Path(path.strip("/"))
        quotas += [_quota_of(folder) for folder in (root / inner, *(root / above for above in inner.parents))]
    return [quota for quota in quotas if quota is not None]


def _quota_of(folder: Path) -> float | None:
    """cpu.max says "200000 100000" or "max 100000" (https://docs.kernel.org/admin-guide/cgroup-v2.html); version 1 has two files."""
    stated = _read(folder / "cpu.max").split() or [
        *_read(folder / "cpu.cfs_quota_us").split(),
        *_read(folder / "cpu.cfs_period_us").split(),
    ]
    if len(stated) != 2 or not all(part.isdigit() for part in stated) or int(stated[1]) == 0:
        return None
    return int(stated[0]) / int(stated[1])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
