"""Model versions that are only at HAMLET_MODELS_URL: what `hamlet backup` and `hamlet doctor` make of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.backup import making
from cli.doctor import installation
from cli.doctor.line import Line, Mark
from cli.doctor.running import results
from storage.settings import StorageSettings
from tests.cli.conftest import Version


@pytest.fixture
def elsewhere(home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a champion is published that this machine has not fetched yet."""
    monkeypatch.setenv("HAMLET_MODELS_URL", f"file://{tmp_path / 'shared'}")
    version("v1", promoted=True)
    storage = StorageSettings()
    storage.shared_models.publish("v1")
    shutil.rmtree(storage.models / "v1")
    return tmp_path / "shared"


def champion() -> Line:
    return next(line for line in results(installation.checks()) if line.what == "champion")


def test_a_champion_that_is_not_fetched_yet_is_neither_right_nor_wrong(elsewhere: Path) -> None:
    line = champion()
    assert line.mark == Mark.NOTHING
    assert line.text == "v1 is not fetched yet; a worker fetches it from HAMLET_MODELS_URL when it loads it"
    StorageSettings().shared_models.fetch("v1")
    assert champion().mark == Mark.RIGHT


def test_a_champion_that_is_neither_here_nor_there_is_wrong(elsewhere: Path) -> None:
    (elsewhere / "versions" / "v1.json").unlink()
    line = champion()
    assert (line.mark, line.text) == (Mark.WRONG, "v1 has no files here, and it is not found at HAMLET_MODELS_URL")


def test_a_backup_fetches_what_this_machine_has_not(elsewhere: Path, tmp_path: Path) -> None:
    made = making.back_up(tmp_path / "b.tar")
    assert (made.manifest.versions, made.manifest.without_files) == ({"v1"}, [])


def test_what_is_out_of_reach_is_left_out_of_a_backup_and_named(elsewhere: Path, tmp_path: Path) -> None:
    shutil.rmtree(elsewhere / "objects")
    made = making.back_up(tmp_path / "b.tar")
    assert (made.manifest.versions, made.manifest.without_files) == (set(), ["v1"])
    assert made.sentences[-1].startswith("Left out: model version v1 cannot be fetched (")
    assert not any("gone" in sentence for sentence in made.sentences)
