"""Where thresholds come to lie, against slow code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from storage.odds import MEANT_FOR
from training.fit import thresholds
from training.fit.recipe import RUN_TO_RUN
from training.fit.thresholds import AS_GOOD_F1, Scored

SCORES = st.floats(0, 1, exclude_max=True, width=32)  # what a softmax in fp32 gives, short of certainty


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    """Scores of at least one spam and one ham."""
    ham, spam = draw(st.lists(SCORES, min_size=1)), draw(st.lists(SCORES, min_size=1))
    return Scored([*ham, *spam], [False] * len(ham) + [True] * len(spam))


def likely_f1(drawn: Scored, threshold: float) -> float:
    """Of a chat in which MEANT_FOR of the messages are spam, each flagged as probably as another run would flag it."""
    spam = sum(drawn.labels)
    weight = max(1.0, spam * (1 - MEANT_FOR) / MEANT_FOR / (len(drawn.labels) - spam))
    hits = false = 0.0
    for score, label in zip(drawn.scores, drawn.labels, strict=True):
        share = expit((logit(min(max(score, 1e-9), 1 - 1e-9)) - logit(threshold)) / RUN_TO_RUN)
        hits, false = hits + share * label, false + share * (not label)
    return float(2 * hits / (hits + weight * false + spam))


@given(scored())
@settings(max_examples=50, deadline=None)
def test_thresholds_are_in_order(drawn: Scored) -> None:
    chosen = thresholds.choose(drawn)
    assert 0 <= chosen.review <= chosen.act <= 1


@given(scored())
@settings(max_examples=50, deadline=None)
def test_no_threshold_is_likely_to_be_much_better_than_the_one_chosen(drawn: Scored) -> None:
    chosen = thresholds.choose(drawn)
    best = max(likely_f1(drawn, step / 50) for step in range(1, 50))
    assert likely_f1(drawn, chosen.review) >= best - AS_GOOD_F1 - 0.001  # the candidates' steps


def test_a_single_ham_does_not_move_the_threshold_far() -> None:
    """The empirical best cut jumps above it."""
    spread = [*(i / 1_000 for i in range(900)), *(0.5 + i / 200 for i in range(100))]
    labels = [False] * 900 + [True] * 100
    before = thresholds.choose(Scored(spread, labels)).review
    after = thresholds.choose(Scored([*spread, 0.93], [*labels, False])).review
    assert abs(logit(after) - logit(before)) < 0.1


@given(scored())
@settings(max_examples=50, deadline=None)
def test_acting_hits_no_ham_of_a_small_set(drawn: Scored) -> None:
    chosen = thresholds.choose(drawn)
    assert not any(s >= chosen.act for s, label in zip(drawn.scores, drawn.labels, strict=True) if not label)


@pytest.mark.parametrize(("ham", "allowed"), [(999, 0), (1_000, 1), (1_999, 1), (2_500, 2)])
def test_acting_hits_at_most_a_thousandth_of_the_ham(ham: int, allowed: int) -> None:
    scores = [0.98 - i / (2 * ham) for i in range(ham)]
    chosen = thresholds.choose(Scored([*scores, 0.999], [False] * ham + [True]))
    assert sum(score >= chosen.act for score in scores) <= allowed


def test_thresholds_lie_between_the_scores_they_separate() -> None:
    chosen = thresholds.choose(Scored([0.1, 0.2, 0.8, 0.9], [False, False, True, True]))
    assert 0.2 < chosen.review <= chosen.act < 0.8


def test_of_thresholds_as_good_the_one_nearest_a_third_is_taken() -> None:
    scores = [*([0.001] * 200), 0.01, *([0.02] * 100), *([0.98] * 100)]
    labels = [False] * 200 + [True] + [False] * 100 + [True] * 100
    assert thresholds.choose(Scored(scores, labels)).review == pytest.approx(1 / 3, abs=0.005)


def test_each_strictness_has_its_threshold_in_order() -> None:
    scores = [0.98 - i / 40_000 for i in range(20_000)]
    chosen = thresholds.choose(Scored([*scores, *([0.47] * 100_000)], [False] * 20_000 + [True] * 100_000))
    hit = {word: sum(score >= chosen.act_at(word) for score in scores) for word in ("cautious", "normal", "strict")}
    assert hit == {"cautious": 2, "normal": 20, "strict": 200}
    assert chosen.act == chosen.act_at("normal")


def test_a_strictness_nobody_knows_is_the_ordinary_one() -> None:
    chosen = thresholds.choose(Scored([0.1, 0.9], [False, True]))
    assert chosen.act_at("unheard of") == chosen.act


def test_the_evidence_says_how_many_ham_it_rests_on() -> None:
    validation = Scored([*([0.1] * 500), 0.9, 0.95], [False] * 500 + [True] * 2)
    evidence = thresholds.evidence(validation, thresholds.choose(validation))["normal"]
    assert (evidence["ham"], evidence["hit"], evidence["ceiling"]) == (500, 0, 0.001)
    assert evidence["upper_bound_95"] == pytest.approx(1 - 0.05 ** (1 / 500))


@pytest.mark.parametrize(("hit", "n"), [(0, 0), (3, 3), (5, 5)])
def test_nothing_is_ruled_out_where_all_were_hit(hit: int, n: int) -> None:
    assert thresholds.upper_bound(hit, n) == 1.0
