"""How a version was made: recipe, examples, revision of the code, threads, times."""

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

from classifier.gpt import products
from training.data import origins
from training.data.snapshot import Snapshot, hash_of_measured_seed
from training.fit.recipe import TrainConfig

PROJECT = Path(__file__).resolve().parents[2]
GIT_SECONDS = 5


def of(snapshot: Snapshot, config: TrainConfig, began_at: float, like: str | None = None) -> dict[str, Any]:
    """What is written into the version's directory and its row. `began_at` is time.time() at the run's start.

    `like` is the version whose examples were used again.
    """
    split = snapshot.split
    return {
        **({"like": like} if like else {}),
        "config": asdict(config),
        "config_hash": config.hash,
        "products": products.name_of(products.dtype_named(config.products)),
        "examples_hash": snapshot.hash,
        "seed_hash": snapshot.seed_hash,
        "measured_seed_hash": hash_of_measured_seed(split),
        "examples": {"train": len(split.train), "validation": len(split.validation), "hold_out": len(split.hold_out)},
        "origins": origins.counted(example.origin for example in split.train),
        "corrections": snapshot.corrections,
        "presumed": snapshot.presumed,
        "snapshot": snapshot.counts,
        "code_revision": revision(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "trained_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(time.time() - began_at, 1),
    }


@cache
def revision() -> str:
    """The commit of a clone, `-dirty` where files differ from it; without a clone, as in an image, a hash of the sources."""
    if (PROJECT / ".git").exists():
        commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
        if commit:
            return f"{commit}-dirty" if changes else commit
    return f"sources-{sources_hash()[:16]}"


def sources_hash() -> str:
    """sha256 over the code that makes a version."""
    digest = hashlib.sha256()
    for folder in ("classifier", "training"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _git(*words: str) -> str | None:
    """Git's output for the project, or None where it fails."""
    command = ["git", "-C", str(PROJECT), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, env=os.environ)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
