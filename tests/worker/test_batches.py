"""A batch grows while full ones are quick, shrinks when one is slow, and is never smaller than the setting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.worker.clock import Clock
from worker.batches import MOST_TIMES, QUICK_SECONDS, SLOW_SECONDS, BatchSize

IN_NO_TIME, SLOWLY = QUICK_SECONDS / 2, SLOW_SECONDS * 2


class Batches:
    """Batches of which each takes as long as it is told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.size = BatchSize(32, self.clock)

    def take(self, seconds: float, share: float = 1.0) -> int:
        """One batch that took so long, with that share of the messages it may have. Returns how many it might have."""
        size = self.size.begin()
        self.clock.now += seconds
        self.size.end(int(size * share))
        return size


def test_full_batches_that_take_no_time_grow_to_a_limit() -> None:
    batches = Batches()
    assert [batches.take(IN_NO_TIME) for _ in range(7)] == [32, 64, 128, 256, 512, 512, 512]


def test_a_batch_that_was_not_full_is_followed_by_one_of_its_size() -> None:
    batches = Batches()
    batches.take(IN_NO_TIME)
    assert [batches.take(IN_NO_TIME, share=0.9) for _ in range(3)] == [64, 64, 64]


def test_a_batch_that_takes_its_time_stays_as_it_is() -> None:
    batches = Batches()
    assert [batches.take((QUICK_SECONDS + SLOW_SECONDS) / 2) for _ in range(3)] == [32, 32, 32]


def test_slow_batches_shrink_to_the_setting() -> None:
    batches = Batches()
    for _ in range(3):
        batches.take(IN_NO_TIME)
    assert [batches.take(SLOWLY) for _ in range(5)] == [256, 128, 64, 32, 32]


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 1))))
def test_whatever_happens_a_batch_is_as_large_as_the_setting_and_never_above_the_limit(
    taken: list[tuple[float, float]],
) -> None:
    batches = Batches()
    assert all(32 <= batches.take(seconds, share) <= 32 * MOST_TIMES for seconds, share in taken)
