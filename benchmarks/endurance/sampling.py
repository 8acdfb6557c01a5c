"""Memory and open handles of each process, noted again and again."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

import psutil

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Sample:
    """One process at one moment."""

    at: float  # seconds, of the monotonic clock
    memory: int  # bytes
    handles: int


class Sampler(threading.Thread):
    """Notes samples by the name of the process until it is ended. A process that is away just then is passed over."""

    def __init__(self, names: tuple[str, ...], pid: Callable[[str], int], every: float) -> None:
        super().__init__(daemon=True)
        self._names, self._pid, self._every = names, pid, every
        self._over = threading.Event()
        self.samples: dict[str, list[Sample]] = defaultdict(list)

    def run(self) -> None:
        while not self._over.wait(self._every):
            for name in self._names:
                with suppress(psutil.Error, KeyError):
                    self.samples[name].append(sample(self._pid(name)))

    def end(self) -> None:
        self._over.set()
        self.join()


def sample(pid: int) -> Sample:
    """The process now. Raises psutil.Error where it is away."""
    process = psutil.Process(pid)
    memory = process.memory_full_info()
    return Sample(time.monotonic(), int(getattr(memory, "pss", 0)) or int(memory.rss), process.num_fds())


def figures(samples: list[Sample], begin: float, end: float) -> dict[str, Any]:
    """A process's medians in the second and in the last quarter between two moments, and how much its memory grew."""
    second, last = quarter(samples, begin, end, 1), quarter(samples, begin, end, 3)
    if not second or not last:
        return {}
    memory = [median(one.memory for one in some) for some in (second, last)]
    handles = [median(one.handles for one in some) for some in (second, last)]
    return {
        "memory_mb": [round(size / MEGABYTE, 1) for size in memory],
        "memory_growth": round(memory[1] / memory[0] - 1, 4),
        "handles": handles,
    }


def quarter(samples: list[Sample], begin: float, end: float, number: int) -> list[Sample]:
    """The samples of the quarter of that number, from 0."""
    length = (end - begin) / 4
    return [one for one in samples if begin + number * length <= one.at < begin + (number + 1) * length]
