"""A fine-tuning run that is killed half-way: nothing is registered, and the next run needs no patience."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier import files
from storage.learning import versions
from storage.session import open_engine, reading
from tests import tiny
from tests.e2e.conftest import tiny_settings, write_examples
from tests.processes import Processes, eventually
from training.fit import base_models

pytestmark = pytest.mark.processes


def test_a_killed_run_registers_nothing_and_the_next_begins_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(n_blocks=12), folder)
    write_examples(tmp_path / "examples.csv")
    settings = tiny_settings(tmp_path) | {"HAMLET_TRAINING_THREADS": "1"}
    with Processes(tmp_path, **settings) as processes:
        killed = processes.start("cli", "train", "--data", "examples.csv")
        eventually("it fine-tunes", lambda: "Fine-tuning" in processes.log("cli"))
        processes.kill(killed)
        engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
        with reading(engine) as session:
            assert versions.every(session) == []
        processes.hamlet("train", "--data", "examples.csv")
        with reading(engine) as session:
            (version,) = versions.every(session)
    files.verify(processes.home / "models" / version.name)
