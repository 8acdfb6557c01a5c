"""How thresholds move by standing: by how much at first, by what was decided since, and never too far."""

from __future__ import annotations

import math

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from storage import odds
from storage.models import Standing
from storage.odds import AT_MOST, NEWCOMER_AT_MOST, PRIORS, Counted, moved, shifted, shifts, written

NEWCOMER, SOME, BEFORE, GOOD = Standing.NEWCOMER, Standing.SOME, Standing.BEFORE, Standing.GOOD
shares = st.floats(0, 1)
inner = st.floats(1e-6, 1 - 1e-6)  # closer to 1 a float has too few digits left for its log-odds
moves = st.floats(-NEWCOMER_AT_MOST, AT_MOST)
counts = st.builds(lambda total, share: Counted(total, int(total * share)), st.integers(0, 10_000_000), st.floats(0, 1))
quick = settings(max_examples=100, deadline=None)
CLOSE = 1e-12  # the last digits of a float


# Before anything was decided


def test_a_newcomers_and_an_unknown_authors_thresholds_are_the_versions_own() -> None:
    moved = shifts({})
    assert moved[NEWCOMER] == 0
    assert Standing.UNKNOWN not in moved


def test_a_newcomers_odds_are_a_hundred_times_a_regulars() -> None:
    newcomer, regular = (PRIORS[standing].share for standing in (NEWCOMER, GOOD))
    assert (newcomer / (1 - newcomer)) / (regular / (1 - regular)) == pytest.approx(100, rel=0.1)


def test_the_more_is_known_in_favour_the_higher_the_threshold() -> None:
    moved = shifts({})
    assert moved[NEWCOMER] < moved[SOME] < moved[BEFORE] < moved[GOOD]


def test_a_regular_is_shown_from_near_0_99_where_a_newcomer_is_from_0_4() -> None:
    assert 0.97 < shifted(0.4, shifts({})[GOOD]) < 0.99


# What was decided here


@quick
@examples(counted=st.dictionaries(st.sampled_from(list(Standing)), counts))
def test_no_history_moves_a_threshold_out_of_its_bounds(counted: dict[Standing, Counted]) -> None:
    moved = shifts(counted)
    assert -NEWCOMER_AT_MOST <= moved[NEWCOMER] <= NEWCOMER_AT_MOST
    assert all(moved[NEWCOMER] <= moved[standing] <= AT_MOST for standing in (SOME, BEFORE, GOOD))


@quick
@examples(total=st.integers(1, 100_000), spam=st.integers(0, 100_000), standing=st.sampled_from(list(PRIORS)))
def test_the_more_spam_is_decided_the_lower_the_threshold(total: int, spam: int, standing: Standing) -> None:
    spam = min(spam, total)
    fewer, more = Counted(total, spam // 2), Counted(total, spam)
    assert shifts({standing: more})[standing] <= shifts({standing: fewer})[standing]


def test_a_posterior_is_the_share_that_was_expected_and_found() -> None:
    assert PRIORS[NEWCOMER].posterior(Counted(500, 140)) == pytest.approx((30 + 140) / 1_000)


def test_a_raid_takes_newcomers_no_further_than_the_bound_and_leaves_regulars_alone() -> None:
    moved = shifts({NEWCOMER: Counted(10_000, 9_900)})
    assert moved[NEWCOMER] == -NEWCOMER_AT_MOST
    assert moved[GOOD] == shifts({})[GOOD]


# Moving one threshold


@quick
@examples(threshold=shares)
def test_no_shift_changes_nothing(threshold: float) -> None:
    assert shifted(threshold, 0.0) == threshold


@quick
@examples(shift=moves)
def test_everything_and_nothing_stay_what_they_are(shift: float) -> None:
    assert (shifted(0.0, shift), shifted(1.0, shift)) == (0.0, 1.0)


@quick
@examples(threshold=inner, shift=moves)
def test_a_shift_is_added_in_log_odds(threshold: float, shift: float) -> None:
    moved = shifted(threshold, shift)
    assert 0 < moved < 1
    assert math.log(moved) - math.log1p(-moved) == pytest.approx(
        math.log(threshold) - math.log1p(-threshold) + shift, abs=1e-5
    )


@quick
@examples(thresholds=st.tuples(shares, shares), shift=moves)
def test_of_two_thresholds_the_higher_stays_the_higher(thresholds: tuple[float, float], shift: float) -> None:
    low, high = sorted(thresholds)
    assert shifted(low, shift) <= shifted(high, shift) + CLOSE


@quick
@examples(threshold=shares, pair=st.tuples(moves, moves))
def test_a_greater_shift_moves_no_threshold_less(threshold: float, pair: tuple[float, float]) -> None:
    less, more = sorted(pair)
    assert shifted(threshold, less) <= shifted(threshold, more) + CLOSE


@quick
@examples(threshold=st.floats(0.001, 0.999), shift=moves)
def test_the_shift_is_read_back_from_both_thresholds(threshold: float, shift: float) -> None:
    assert moved(threshold, shifted(threshold, shift)) == pytest.approx(shift, abs=1e-9)


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_from_a_threshold_that_cannot_move_no_shift_is_read(end: float) -> None:
    assert moved(end, end) == 0


@pytest.mark.parametrize(
    ("threshold", "said"),
    [(0.4, "0.40"), (0.926, "0.93"), (0.986, "0.99"), (0.9986, "0.999"), (0.99997, "0.99997"), (1.0, "1.00")],
)
def test_a_threshold_is_written_with_as_many_digits_as_keep_it_under_one(threshold: float, said: str) -> None:
    assert written(threshold) == said


def test_every_standing_but_the_unknown_has_a_prior() -> None:
    assert set(odds.PRIORS) == set(Standing) - {Standing.UNKNOWN}
