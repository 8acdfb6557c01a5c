"""Saving a version: nothing is overwritten, trunks are shared, and what fails leaves nothing behind."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from safetensors import SafetensorError

from classifier import checkpoint, files
from classifier.files import FILES, MANIFEST
from classifier.spam import SpamClassifier
from tests import tiny
from tests.classifier.checkpoints import TEXTS, another


def test_an_existing_directory_is_never_overwritten(saved: Path) -> None:
    with pytest.raises(FileExistsError, match="never overwritten"):
        checkpoint.save(another(), saved)
    assert checkpoint.load(saved).metrics == tiny.checkpoint().metrics


def test_what_an_interrupted_save_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".v1.partial").mkdir()
    (tmp_path / ".v1.partial" / "stray").touch()
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    assert sorted(path.name for path in (tmp_path / "v1").iterdir()) == sorted([*FILES, MANIFEST])
    assert not (tmp_path / ".v1.partial").exists()


def test_versions_share_one_trunk_file(tmp_path: Path) -> None:
    trunks = tmp_path / "trunks"
    for name in ("v1", "v2"):
        checkpoint.save(tiny.checkpoint(), tmp_path / name, trunks)
    (kept,) = trunks.iterdir()
    inodes = {path.stat().st_ino for path in (kept, tmp_path / "v1" / FILES[0], tmp_path / "v2" / FILES[0])}
    assert len(inodes) == 1
    assert kept.stat().st_nlink == 3


def test_trunks_that_differ_are_not_shared(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    checkpoint.save(tiny.checkpoint(seed=1), tmp_path / "v2", tmp_path / "trunks")
    assert len(list((tmp_path / "trunks").iterdir())) == 2


def test_a_version_outlives_the_shared_trunk(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    shutil.rmtree(tmp_path / "trunks")
    assert SpamClassifier.load(tmp_path / "v1").score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this machine has no second file system to write to")
def test_a_trunk_on_another_disk_is_copied(saved: Path) -> None:
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:
        trunk = saved / FILES[0]
        shutil.copyfile(trunk, Path(elsewhere) / f"{files.sha256_of(trunk)}.safetensors")
        checkpoint.save(tiny.checkpoint(), saved.with_name("v2"), Path(elsewhere))
    assert SpamClassifier.load(saved.with_name("v2")).score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: what the kernel then answers is what a full disk answers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 8_000, 60_000])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, size: int) -> None:
    with full_disk(size), pytest.raises((OSError, SafetensorError)):
        checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    assert list(tmp_path.glob("*v1*")) == []


def test_a_shared_folder_that_is_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "trunks").touch()
    with pytest.raises(FileExistsError):
        checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    assert list(tmp_path.glob("*v1*")) == []


def test_metrics_that_are_no_json_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        checkpoint.save(replace(tiny.checkpoint(), metrics={"f1": object()}), tmp_path / "v1")
    assert list(tmp_path.glob("*v1*")) == []
