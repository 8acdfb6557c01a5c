"""`python -m tests.faults.dying ADDRESS HOME DATA STAGE`: a run that kills itself where that stage begins.

With `full` instead of a stage, no file may grow beyond 100 kB, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from storage.session import open_engine
from tests import tiny
from training import base_models
from training.recipe import TrainConfig
from training.reporter import Silent
from training.retrain import Asked, Workshop, retrain
from training.settings import TrainingSettings

CONFIG = TrainConfig(
    base_model="tiny", frozen_blocks=2, trained_blocks=1, epochs=2, batch_size=16, learning_rate=3e-3, products="fp32"
)
FULL_BYTES = 100_000


class Dying(Silent):
    """Ends its process as a crash would, without a word."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def begin(self, stage: str, total: int) -> None:
        if stage.startswith(self._stage):
            os.kill(os.getpid(), signal.SIGKILL)

    def say(self, sentence: str) -> None:
        if sentence.startswith(self._stage):
            os.kill(os.getpid(), signal.SIGKILL)


def workshop(address: str, home: Path) -> Workshop:
    """Everything a run needs, with a tiny base model."""
    folder = home / "cache" / "base-models" / "tiny"
    if not folder.exists():
        folder.mkdir(parents=True)
        base_models.store(tiny.base_model(), folder)
    settings = TrainingSettings(cache=home / "cache", training_threads=1, feature_cache_mb=0)
    return Workshop(open_engine(address), home / "models", settings)


if __name__ == "__main__":
    address, home, data, stage = sys.argv[1:]
    if stage == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))
    retrain(workshop(address, Path(home)), Dying(stage), CONFIG, Asked("a test", Path(data), goes_on=True))
