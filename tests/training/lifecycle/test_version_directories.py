"""The directories of versions: what they share, which are kept, which are removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.learning import pruning, versions
from storage.session import reading, transaction
from tests import tiny
from tests.conftest import AddVersion, count
from tests.training.lifecycle.given_runs import run
from training.lifecycle.retrain import Workshop

pytestmark = pytest.mark.stories


def test_a_directory_left_by_a_dead_run_is_stepped_over(workshop: Workshop, data: Path) -> None:
    (workshop.models / "v1").mkdir(parents=True)
    (workshop.models / "v1" / "stray").touch()
    assert run(workshop, data).name == "v2"
    assert (workshop.models / "v1" / "stray").exists()


def test_versions_share_their_trunk(workshop: Workshop, data: Path) -> None:
    names = [run(workshop, data).name for _ in range(2)]
    (trunk,) = (workshop.models / "trunks").iterdir()
    assert all((workshop.models / name / "trunk.safetensors").samefile(trunk) for name in names)


def test_only_the_newest_the_champion_and_the_one_before_keep_directories(
    workshop: Workshop, data: Path, add_version: AddVersion
) -> None:
    for number in range(1, 10):
        add_version(workshop.engine, f"v{number}", promoted=number in (1, 2, 3))
    newest = run(workshop, data)
    kept = {path.name for path in workshop.models.glob("v*")}
    assert newest.name == "v10"
    assert kept == {"v2", "v3", "v6", "v7", "v8", "v9", "v10"}
    assert count(workshop.engine, "model_versions") == 10


def test_a_pruned_version_keeps_its_row_and_figures(workshop: Workshop, data: Path, add_version: AddVersion) -> None:
    for number in range(1, 7):
        add_version(workshop.engine, f"v{number}", promoted=False)
    run(workshop, data)
    with reading(workshop.engine) as session:
        pruned, kept = versions.named(session, "v1"), versions.named(session, "v3")
    assert pruned.pruned_at is not None
    assert pruned.metrics == tiny.checkpoint().metrics
    assert kept.pruned_at is None


def test_a_directory_that_a_crash_left_of_a_pruned_version_is_removed_the_next_time(
    workshop: Workshop, data: Path, add_version: AddVersion
) -> None:
    add_version(workshop.engine, "v1", promoted=False)
    with transaction(workshop.engine) as session:
        pruning.mark(versions.named(session, "v1"))
    run(workshop, data)
    assert not (workshop.models / "v1").exists()


def test_a_trunk_that_no_version_links_to_is_removed(workshop: Workshop, data: Path) -> None:
    (workshop.models / "trunks").mkdir(parents=True)
    (workshop.models / "trunks" / "old.safetensors").touch()
    run(workshop, data)
    assert not (workshop.models / "trunks" / "old.safetensors").exists()
    assert len(list((workshop.models / "trunks").iterdir())) == 1
