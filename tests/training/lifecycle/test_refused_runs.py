"""A run that must wait, and one that fails: nothing is registered, and its row says why."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from storage.learning import runs
from storage.models import RunState
from storage.processes import leases
from storage.session import reading, transaction
from tests.conftest import count
from tests.training.lifecycle.given_runs import CONFIG, WORDS, csv, run
from training.errors import (
    BaseModelTooShallow,
    DatasetError,
    DownloadError,
    ModelNotStored,
    TooFewExamples,
    TrainingBusy,
    TrainingDiverged,
)
from training.fit.recipe import TrainConfig
from training.lifecycle.lease import LEASE, here
from training.lifecycle.retrain import Workshop

pytestmark = pytest.mark.stories


def test_a_loss_that_is_no_number_leaves_nothing(workshop: Workshop, data: Path) -> None:
    expect_nothing(workshop, data, TrainingDiverged, replace(CONFIG, learning_rate=1e30, clip_norm=1e30))


def test_a_run_while_another_holds_the_lease_is_refused(workshop: Workshop, data: Path) -> None:
    with transaction(workshop.engine) as session:
        leases.take(session, LEASE, "another", 300)
    with pytest.raises(TrainingBusy):
        run(workshop, data)
    assert not workshop.models.exists()
    assert count(workshop.engine, "leases", "holder = 'another'") == 1


def test_a_run_takes_over_from_one_that_died(workshop: Workshop, data: Path) -> None:
    with transaction(workshop.engine) as session:
        leases.take(session, LEASE, "dead", -1)
    assert run(workshop, data).name == "v1"


def test_a_run_does_not_wait_for_a_process_of_this_machine_that_is_gone(workshop: Workshop, data: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with transaction(workshop.engine) as session:
        leases.take(session, LEASE, f"{here()}{gone.pid}:abc", 300)
    assert run(workshop, data).name == "v1"


def test_a_run_waits_for_a_process_that_lives(workshop: Workshop, data: Path) -> None:
    with transaction(workshop.engine) as session:
        leases.take(session, LEASE, f"{here()}{os.getpid()}:abc", 300)
    with pytest.raises(TrainingBusy):
        run(workshop, data)


def test_a_finished_run_frees_the_lease(workshop: Workshop, data: Path) -> None:
    run(workshop, data)
    assert count(workshop.engine, "leases") == 0


def test_a_run_without_one_of_the_classes_leaves_nothing(workshop: Workshop, tmp_path: Path) -> None:
    expect_nothing(workshop, csv(tmp_path / "ham.csv", [f"{word},ham" for word in WORDS]), TooFewExamples)


def test_a_run_on_a_wrong_file_leaves_nothing(workshop: Workshop, tmp_path: Path) -> None:
    expect_nothing(workshop, csv(tmp_path / "wrong.csv", ["hello,maybe"]), DatasetError)


def test_a_run_with_an_unknown_base_model_leaves_nothing(workshop: Workshop, data: Path) -> None:
    expect_nothing(workshop, data, DownloadError, replace(CONFIG, base_model="unknown"))


def test_a_run_on_too_shallow_a_base_model_leaves_nothing(workshop: Workshop, data: Path) -> None:
    expect_nothing(workshop, data, BaseModelTooShallow, replace(CONFIG, frozen_blocks=3))


def test_a_run_that_cannot_write_leaves_nothing(workshop: Workshop, data: Path) -> None:
    workshop.models.parent.mkdir(exist_ok=True)
    workshop.models.touch()
    expect_nothing(workshop, data, ModelNotStored)


def expect_nothing(workshop: Workshop, data: Path, error: type[Exception], config: TrainConfig = CONFIG) -> None:
    with pytest.raises(error):
        run(workshop, data, config)
    assert count(workshop.engine, "model_versions") == count(workshop.engine, "leases") == 0
    assert not workshop.models.is_dir()


def test_a_run_that_fails_says_why_in_its_row(workshop: Workshop, data: Path) -> None:
    with pytest.raises(DownloadError):
        run(workshop, data, replace(CONFIG, base_model="unknown"))
    with reading(workshop.engine) as session:
        (row,) = runs.newest(session)
    assert (row.state, "unknown" in (row.error or "")) == (RunState.FAILED, True)


def test_a_run_with_an_unknown_encoder_leaves_nothing(workshop: Workshop, data: Path) -> None:
    expect_nothing(workshop, data, DownloadError, replace(CONFIG, encoder="unknown"))
