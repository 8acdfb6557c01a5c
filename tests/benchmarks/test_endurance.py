"""What the endurance benchmark makes of its samples, sizes and delays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.endurance import asking, sampling
from benchmarks.endurance.load import Course, Load
from benchmarks.endurance.running import of_tables
from benchmarks.endurance.sampling import Sample


def samples(*memory: int) -> list[Sample]:
    """One each second from 100 on, with one handle for each megabyte."""
    return [Sample(100.0 + i, size * 1_000_000, size) for i, size in enumerate(memory)]


def test_the_last_quarter_is_held_against_the_second() -> None:
    taken = samples(90, 90, 100, 100, 500, 500, 110, 110)
    assert sampling.figures(taken, 100.0, 108.0) == {
        "memory_mb": [100.0, 110.0],
        "memory_growth": 0.1,
        "handles": [100, 110],
    }


def test_samples_from_before_and_after_are_in_no_quarter() -> None:
    assert [len(sampling.quarter(samples(*range(10)), 102.0, 106.0, number)) for number in range(4)] == [1, 1, 1, 1]


def test_a_process_without_samples_in_a_quarter_has_no_figures() -> None:
    assert sampling.figures(samples(1, 2), 100.0, 108.0) == {}


def test_a_sample_is_of_this_process_now() -> None:
    taken = sampling.sample(os.getpid())
    with Path(os.devnull).open():
        assert sampling.sample(os.getpid()).handles == taken.handles + 1
    assert taken.memory > 1_000_000


def test_the_99th_percentile_is_not_the_worst_of_many() -> None:
    assert asking.quantiles([0.001 * n for n in range(1, 1_001)]) == {"p50": 0.501, "p99": 0.991}
    assert asking.quantiles([2.0]) == {"p50": 2.0, "p99": 2.0}


def test_the_size_is_computed_from_the_first_quarter() -> None:
    course = Course(sizes=[(100, 1_000_000), (350, 1_500_000)])
    assert of_tables(course, 1_100, 3_200_000) == {"bytes_a_message": 2_000, "mb": 3.2, "computed_mb": 3.0}


@pytest.mark.parametrize(("minutes", "a_second", "messages"), [(60, 50, 180_000), (0.5, 6, 180)])
def test_a_load_is_so_many_messages(minutes: float, a_second: float, messages: int) -> None:
    assert Load(minutes, a_second).messages == messages
