"""A worker's life in figures: `python -m benchmarks.worker_process MODEL_DIRECTORY` prints one JSON object.

The imports and steps of `python -m worker` without its database and broker: load, first verdict, batches, rest, and a
swap in which the old version lives until the new one is loaded.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path

import psutil
import torch

from classifier import resident_memory
from classifier.spam import SpamClassifier
from worker.settings import WorkerSettings

TEXTS = [f"{word} me when you are free, number {i}" * (1 + i % 5) for i in range(64) for word in ("call", "win")]


def main(directory: Path) -> None:
    for module in ("worker.__main__", "worker.tasks"):
        importlib.import_module(module)
    process, settings = psutil.Process(), WorkerSettings()
    resident_memory.one_heap()
    torch.set_num_threads(settings.worker_threads)
    serving = SpamClassifier.load(directory, settings.worker_precision)
    serving.score(["Are we still on for dinner?"])
    first_verdict_at = time.time()
    for start in range(0, len(TEXTS), 32):
        serving.score(TEXTS[start : start + 32])
    serving.rest()  # as the worker does whenever nothing waits
    rest = process.memory_info().rss
    newer = SpamClassifier.load(directory, settings.worker_precision)
    serving = newer
    serving.score(TEXTS[:32])
    serving.rest()
    figures = {
        "first_verdict_seconds": round(first_verdict_at - process.create_time(), 2),
        "rss_mb": round(rest / 1e6),
        "rss_swap_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024 / 1e6),
        "rss_after_swap_mb": round(process.memory_info().rss / 1e6),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
