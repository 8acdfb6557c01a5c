"""How many processors may be used: by affinity, by the quotas of control groups, at most so many."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs import processors

ALL = len(os.sched_getaffinity(0))


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def membership(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "cgroup"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture
def affine() -> None:
    """One processor, for the time of a test."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def test_without_a_quota_the_affinity_decides(tmp_path: Path) -> None:
    assert processors.count(tmp_path, tmp_path / "nowhere") == min(ALL, processors.MOST_THREADS)


@pytest.mark.usefixtures("affine")
def test_a_process_tied_to_one_processor_counts_one(tmp_path: Path) -> None:
    assert processors.count(tmp_path, tmp_path / "nowhere") == 1


@pytest.mark.parametrize("path", ["/", "/system.slice/hamlet.service", "/a/b/c"])
@pytest.mark.parametrize(("quota", "counted"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", ALL)])
def test_a_quota_of_the_second_version_counts_wherever_the_group_stands(
    tmp_path: Path, path: str, quota: str, counted: int
) -> None:
    group(tmp_path / path.strip("/"), cpu__max=quota)
    assert processors.count(tmp_path, membership(tmp_path, f"0::{path}")) == counted


def test_the_smallest_quota_around_a_process_decides(tmp_path: Path) -> None:
    group(tmp_path / "outer", cpu__max="100000 100000")
    group(tmp_path / "outer" / "inner", cpu__max="800000 100000")
    assert processors.count(tmp_path, membership(tmp_path, "0::/outer/inner")) == 1


def test_a_quota_of_the_first_version_counts(tmp_path: Path) -> None:
    group(tmp_path / "cpu,cpuacct" / "docker", cpu__cfs_quota_us="100000", cpu__cfs_period_us="100000")
    lines = ("5:memory:/docker", "4:cpu,cpuacct:/docker", "0::/")
    assert processors.count(tmp_path, membership(tmp_path, *lines)) == 1


@pytest.mark.parametrize("stated", ["", "-1 100000", "100000 0", "words"])
def test_what_is_no_quota_is_passed_over(tmp_path: Path, stated: str) -> None:
    group(tmp_path, cpu__max=stated)
    assert processors.count(tmp_path, membership(tmp_path, "0::/")) == min(ALL, processors.MOST_THREADS)
