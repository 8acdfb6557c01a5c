"""The gate: a challenger that is worse in any single way is refused, with that reason; an equal one is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.lifecycle.gate_decision import Bounds
from training.lifecycle.gate_evidence import Evidence, Scores
from training.lifecycle.gate_rule import decide, decide_alone, f1_change

LABELS = [True] * 100 + [False] * 900
GOOD = [0.99] * 98 + [0.01] * 2 + [0.01] * 900  # finds 98 of 100, flags no ham
QUICK = Bounds(resamples=500)
LAX = replace(QUICK, f1_loss=1.0, f1_loss_at_threshold=1.0)


def scores(values: list[float]) -> Scores:
    return Scores(values, review=0.5, act=0.9)


EQUAL = Evidence(LABELS, scores(GOOD), scores(GOOD), scores([0.1] * 20), scores([0.1] * 20))


def with_challenger(values: list[float]) -> Evidence:
    return replace(EQUAL, challenger=scores(values))


def test_an_equal_challenger_passes() -> None:
    decision = decide(EQUAL, QUICK)
    assert (decision.passes, decision.reasons) == (True, [])


def test_a_better_challenger_passes() -> None:
    worse = [0.99] * 80 + [0.01] * 920
    assert decide(replace(EQUAL, champion=scores(worse)), QUICK).passes


def test_a_challenger_that_misses_more_is_refused_for_its_f1() -> None:
    decision = decide(with_challenger([0.99] * 90 + [0.01] * 910), QUICK)
    assert not decision.passes
    assert len(decision.reasons) == 1
    assert decision.reasons[0].startswith("F1 may be")


def test_a_champion_lucky_with_texts_at_its_threshold_keeps_nobody_out() -> None:
    """Three spam lie at 0.52 for the champion and at 0.48 for the challenger: another run might swap them."""
    lucky, unlucky = ([0.99] * 95 + [near] * 3 + [0.01] * 902 for near in (0.52, 0.48))
    decision = decide(Evidence(LABELS, scores(lucky), scores(unlucky), scores([]), scores([])), QUICK)
    assert decision.figures["challenger_f1"] < decision.figures["champion_f1"]
    assert decision.passes


SPREAD = [*np.linspace(0.2, 0.99, 100).tolist(), *np.linspace(0.01, 0.35, 900).tolist()]


def test_a_threshold_that_is_as_good_keeps_nobody_out() -> None:
    """The ranking is the same, and 0.52 instead of 0.50 flags 3 spam of 100 less: validation cannot tell such thresholds apart."""
    later = Scores(SPREAD, review=0.52, act=0.99)
    decision = decide(
        replace(EQUAL, champion=Scores(SPREAD, 0.5, 0.99), challenger=later), replace(QUICK, calibration_error=1.0)
    )
    assert decision.figures["f1_change_as_flagged_lower_bound"] < -QUICK.f1_loss
    assert (decision.passes, decision.reasons) == (True, [])


@pytest.mark.parametrize("review", [0.05, 0.8])
def test_a_threshold_that_is_not_as_good_does(review: float) -> None:
    away = Scores(SPREAD, review, act=0.99)
    decision = decide(
        replace(EQUAL, champion=Scores(SPREAD, 0.5, 0.99), challenger=away), replace(QUICK, calibration_error=1.0)
    )
    assert len(decision.reasons) == 1
    assert "at its own threshold" in decision.reasons[0]


def test_a_worse_ranking_keeps_it_out_wherever_its_threshold_lies() -> None:
    """It flags as much spam as the champion does, and ham beside it that the champion does not."""
    worse = [0.99] * 98 + [0.02] * 2 + [0.99] * 9 + [0.01] * 891
    decision = decide(with_challenger(worse), replace(QUICK, more_false_positives=99, f1_loss_at_threshold=1.0))
    assert [reason[:9] for reason in decision.reasons] == ["F1 may be"]


def test_three_more_clear_misses_keep_it_out() -> None:
    decision = decide(with_challenger([0.99] * 95 + [0.05] * 3 + [0.01] * 902), QUICK)
    assert [reason[:9] for reason in decision.reasons] == ["F1 may be"]


def test_one_more_ham_acted_on_is_allowed_two_are_not() -> None:
    one, two = ([0.99] * 98 + [0.01] * 2 + [0.95] * n + [0.01] * (900 - n) for n in (1, 2))
    lax = LAX
    assert decide(with_challenger(one), lax).passes
    assert decide(with_challenger(two), lax).reasons == ["acts on 2 held-out ham, the champion on 0"]


def test_a_challenger_whose_scores_mean_nothing_is_refused_for_its_calibration() -> None:
    decision = decide(with_challenger([0.55] * 98 + [0.3] * 902), LAX)
    assert len(decision.reasons) == 1
    assert decision.reasons[0].startswith("its calibration error is 0.3")


def test_a_challenger_that_flags_what_moderators_undid_is_refused() -> None:
    decision = decide(replace(EQUAL, undone_challenger=scores([0.6] + [0.1] * 19)), QUICK)
    assert decision.reasons == ["flags 1 messages again that moderators said were no spam"]


def test_what_the_champion_still_flags_is_not_held_against_the_challenger_unless_it_would_act() -> None:
    flagged = replace(EQUAL, undone_champion=scores([0.6] * 20), undone_challenger=scores([0.6] * 20))
    assert decide(flagged, QUICK).passes
    assert not decide(replace(flagged, undone_challenger=scores([0.95] * 20)), QUICK).passes


def test_what_the_champion_would_act_on_as_well_is_not_broken_by_the_challenger() -> None:
    acted = replace(EQUAL, undone_champion=scores([0.97] * 20), undone_challenger=scores([0.95] * 20))
    assert decide(acted, QUICK).passes


def test_what_is_flagged_again_by_a_hair_is_luck_and_what_is_flagged_again_clearly_is_not() -> None:
    listed = replace(EQUAL, undone_champion=scores([0.48] * 5), undone_challenger=scores([0.52] * 5))
    assert decide(listed, QUICK).passes
    assert decide(replace(listed, undone_challenger=scores([0.7] * 5)), QUICK).figures["broken"] == 5


def test_ham_that_crosses_the_acting_threshold_by_a_hair_is_luck() -> None:
    champion, challenger = ([0.99] * 98 + [0.01] * 2 + [near] * 3 + [0.01] * 897 for near in (0.89, 0.905))
    lax = LAX
    decision = decide(replace(with_challenger(challenger), champion=scores(champion)), lax)
    assert decision.passes
    assert (decision.figures["champion_false_positives"], decision.figures["challenger_false_positives"]) == (0, 3)


def test_every_reason_is_given_at_once() -> None:
    bad = with_challenger([0.6] * 50 + [0.01] * 50 + [0.95] * 300 + [0.01] * 600)
    assert len(decide(replace(bad, undone_challenger=scores([0.95] * 20)), QUICK).reasons) == 4


def test_nothing_to_measure_on_is_no_reason_to_refuse() -> None:
    empty = scores([])
    assert decide(replace(EQUAL, undone_champion=empty, undone_challenger=empty), QUICK).passes


def test_the_same_evidence_gives_the_same_figures() -> None:
    other = with_challenger([0.99] * 97 + [0.01] * 903)
    assert decide(other, QUICK).figures == decide(other, QUICK).figures


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_the_lower_bound_is_below_the_change_and_equal_decisions_change_nothing(
    rows: list[tuple[bool, bool, bool]],
) -> None:
    labels, before, after = (np.asarray(column) for column in zip(*rows, strict=True))
    change, lower = f1_change(labels, before, after, QUICK)
    assert -1 <= lower <= 1
    assert abs(change) <= 1
    assert f1_change(labels, before, before, QUICK) == (0.0, 0.0)


def test_scores_that_are_no_numbers_pass_nowhere() -> None:
    nonsense = [float("nan")] * 1_000
    for decision in (decide(with_challenger(nonsense), QUICK), decide_alone(LABELS, scores(nonsense))):
        assert (decision.passes, decision.reasons) == (False, ["some of its scores are no numbers"])


def test_without_a_champion_the_calibration_alone_is_looked_at() -> None:
    assert decide_alone(LABELS, scores([0.01] * 1_000)).reasons == ["its calibration error is 0.090, over 0.05"]
    assert decide_alone(LABELS, scores(GOOD)).passes
