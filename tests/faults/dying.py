"""`python -m tests.faults.dying ADDRESS HOME DATA POINT`: a run that kills itself at that point.

A point is the beginning of a stage, `Reading 3` of the third that begins so, or one of POINTS, in the midst of what is
written. With `full` instead, no file may grow beyond 100 kB, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from sqlalchemy.orm import Session
from torch import Tensor

from storage.learning import erasure, snapshots, versions
from storage.session import open_engine
from tests import tiny
from training.fit import base_models
from training.fit.feature_cache import FeatureCache
from training.fit.progress import Silent
from training.fit.recipe import TrainConfig
from training.lifecycle import gate, register
from training.lifecycle.gate_decision import Gate
from training.lifecycle.retrain import RunRequest, Workshop, retrain
from training.settings import TrainingSettings

CONFIG = TrainConfig(
    base_model="tiny",
    encoder="",
    frozen_blocks=2,
    trained_blocks=1,
    epochs=2,
    batch_size=16,
    learning_rate=3e-3,
    products="fp32",
)
FULL_BYTES = 100_000


def die(*_: object, **__: object) -> NoReturn:
    """End this process as a crash would, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Dying(Silent):
    """Dies where a stage begins, or with a sentence."""

    def __init__(self, point: str) -> None:
        begins, _, number = point.rpartition(" ")
        self._begins, self._left = (begins, int(number)) if begins and begins[0].isupper() else (point, 1)

    def begin(self, stage: str, total: int) -> None:
        self._meet(stage)

    def say(self, sentence: str) -> None:
        self._meet(sentence)

    def _meet(self, what: str) -> None:
        self._left -= what.startswith(self._begins)
        if not self._left:
            die()


def _half_cached(cache: FeatureCache, entries: Iterable[tuple[bytes, Tensor]]) -> None:
    with cache._open() as database:
        rows = [(k, hidden.numpy().tobytes(), b"") for k, hidden in entries]
        database.executemany("INSERT INTO features VALUES (?, ?, ?)", rows)
        die()


def _promoted_but_not_committed(session: Session, name: str, by: str) -> None:
    promote(session, name, by)
    session.flush()
    die()


promote = versions.promote
POINTS = {
    "in the trunk cache": (FeatureCache, "put", _half_cached),
    "files without a row": (snapshots, "store", die),
    "rows not committed": (erasure, "mark_erased", die),
    "old versions not removed": (register, "prune", die),
    "promotion not committed": (versions, "promote", _promoted_but_not_committed),
}


def pass_all(*_: object) -> Gate:
    """In place of the gate, which is not what these tests are about: a tiny version is calibrated badly."""
    return Gate(True)


def workshop(address: str, home: Path) -> Workshop:
    """Everything a run needs, with a tiny base model."""
    folder = home / "cache" / "base-models" / "tiny"
    if not folder.exists():
        folder.mkdir(parents=True)
        base_models.store(tiny.base_model(), folder)
    settings = TrainingSettings(cache=home / "cache", training_threads=1)
    return Workshop(open_engine(address), home / "models", settings)


if __name__ == "__main__":
    address, home, data, point = sys.argv[1:]
    if point == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))
    gate.examine = pass_all
    if point in POINTS:
        owner, name, instead = POINTS[point]
        getattr(owner, name)  # it is still called so
        setattr(owner, name, instead)
    retrain(workshop(address, Path(home)), Dying(point), CONFIG, RunRequest("a test", Path(data), goes_on=True))
