"""What an epoch sees."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.fit import sampling
from training.fit.sampling import batches, parts

WEIGHTS = st.lists(st.sampled_from([1.0, 2.0, 10.0, 0.5]), min_size=1, max_size=60)


def draw(weights: list[float], at_most: int, seed: str) -> list[int]:
    return sampling.draw([f"example {i}" for i in range(len(weights))], weights, at_most, seed)


@pytest.mark.parametrize("n", [1, 2, 31, 1_000])
def test_examples_of_equal_weight_come_once_each(n: int) -> None:
    assert sorted(draw([1.0] * n, 6_000, "seed")) == list(range(n))


@given(WEIGHTS, st.integers(1, 200))
def test_no_more_are_drawn_than_there_is_room_for(weights: list[float], at_most: int) -> None:
    assert len(draw(weights, at_most, "seed")) == min(at_most, round(sum(weights)))


@given(WEIGHTS, st.integers(1, 200))
def test_each_comes_within_one_of_its_share(weights: list[float], at_most: int) -> None:
    drawn = Counter(draw(weights, at_most, "seed"))
    share = min(at_most, round(sum(weights))) / sum(weights)
    assert all(abs(drawn[i] - weight * share) < 1 + 1e-6 for i, weight in enumerate(weights))


@pytest.mark.parametrize("weights", [[], [0.0, 0.0], [0.2, 0.2]])
def test_nothing_is_drawn_of_next_to_nothing(weights: list[float]) -> None:
    assert draw(weights, 10, "seed") == []


def test_a_seed_says_everything() -> None:
    weights = [1.0] * 50 + [4.0] * 5
    assert draw(weights, 30, "a") == draw(weights, 30, "a") != draw(weights, 30, "b")


def test_over_the_epochs_all_examples_get_their_turn() -> None:
    drawn = set().union(*(draw([1.0] * 100, 50, f"{epoch}") for epoch in range(20)))
    assert drawn == set(range(100))


def test_one_example_more_leaves_the_others_where_they_were() -> None:
    before, after = draw([1.0] * 500, 6_000, "seed"), draw([1.0] * 501, 6_000, "seed")
    assert [i for i in after if i != 500] == before


def test_one_example_more_hardly_changes_what_is_drawn_where_room_is_short() -> None:
    before, after = draw([0.5] * 500, 6_000, "seed"), draw([0.5] * 501, 6_000, "seed")
    assert len(set(before) ^ set(after)) <= 2


def test_examples_with_the_same_text_are_drawn_apart() -> None:
    keys = [*map(str, range(100)), *["said again"] * 100]
    order = sampling.draw(keys, [1.0] * 200, 6_000, "seed")
    again = [place for place, i in enumerate(order) if i >= 100]
    assert sorted(order) == list(range(200))
    assert max(again) - min(again) > 150


def test_equal_weights_have_equal_chances() -> None:
    often = Counter(i for seed in range(400) for i in draw([1.0] * 20, 5, str(seed)))
    assert all(abs(often[i] - 100) < 45 for i in range(20))  # five standard deviations


def test_one_batch_more_leaves_the_others_in_their_order() -> None:
    lengths = [1] * 330
    before, after = (list(batches(list(range(n)), lengths, 10, "seed")) for n in (320, 330))
    assert [batch for batch in after if batch[0] < 320] == before != sorted(before)


@pytest.mark.parametrize("size", [1, 4, 7])
def test_batches_hold_each_index_as_often_as_it_was_drawn(size: int) -> None:
    order = [*range(20), 3, 3]
    made = list(batches(order, list(range(20)), size, "seed"))
    assert sorted(i for batch in made for i in batch) == sorted(order)
    assert all(len(batch) <= size for batch in made)


def test_a_batch_holds_texts_of_like_length() -> None:
    lengths = [i % 50 for i in range(160)]
    made = list(batches(list(range(160)), lengths, 16, "seed"))
    assert max(max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in made) <= 6


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 120))
def test_parts_hold_each_once_and_no_more_positions_than_allowed(lengths: list[int], positions: int) -> None:
    made = list(parts(range(len(lengths)), lengths, positions))
    assert sorted(i for part in made for i in part) == list(range(len(lengths)))
    assert all(len(part) == 1 or len(part) * max(lengths[i] for i in part) <= positions for part in made)
    assert [] not in made
