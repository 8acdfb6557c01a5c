"""Where a version comes from: recipe, seed, revision of the code, threads, times."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch

from classifier import products
from training.examples import Snapshot
from training.recipe import TrainConfig

PROJECT = Path(__file__).resolve().parents[1]
GIT_SECONDS = 5


def of(seen: Snapshot, config: TrainConfig, began_at: float) -> dict[str, Any]:
    """What is written into the version's directory and its row. `began_at` is time.time() at the run's start."""
    split = seen.split
    return {
        "config": asdict(config),
        "config_hash": config.hash,
        "products": products.name_of(config.dtype),
        "examples_hash": seen.hash,
        "seed_hash": seen.seed_hash,
        "examples": {"train": len(split.train), "validation": len(split.validation), "hold_out": len(split.hold_out)},
        "corrections": seen.corrections,
        "snapshot": seen.counts,
        "code_revision": revision(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "trained_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(time.time() - began_at, 1),
    }


@cache
def revision() -> str:
    """The commit of a clone; else, in an image say, a hash of the sources that make a version what it is."""
    if (PROJECT / ".git").exists():
        command = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, env=os.environ)
        except (OSError, subprocess.TimeoutExpired):
            found = None
        if found is not None and found.returncode == 0:
            return found.stdout.strip()
    digest = hashlib.sha256()
    for folder in ("classifier", "training"):
        for path in sorted((PROJECT / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return f"sources-{digest.hexdigest()[:16]}"
