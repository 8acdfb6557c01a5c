"""What a challenger may cost of a chat's own ham."""

from __future__ import annotations

import math

import pytest

from classifier.thresholds import Thresholds
from storage.intervals import at_most
from tests.training.given_ham import words
from training.data.presumed_ham import PresumedExample
from training.fit.presumed_ham_evaluation import measure
from training.fit.thresholds import upper_bound
from training.lifecycle.gate_decision import Gate
from training.lifecycle.gate_evidence import Scores
from training.lifecycle.gate_presumed_ham import decide


def scores(*some: tuple[float, int], n: int = 300) -> Scores:
    """So many of each score, and the rest at 0.01."""
    values = [score for score, times in some for _ in range(times)]
    return Scores(values + [0.01] * (n - len(values)), review=0.5, act=0.9)


CHAMPION = scores()


def test_a_challenger_that_does_no_more_passes_with_its_counts() -> None:
    decision = decide(scores((0.7, 2), (0.95, 1)), scores((0.7, 2), (0.95, 1)))
    assert (decision.passes, decision.reasons) == (True, [])
    assert decision.figures == {
        "presumed_held_out": 300,
        "champion_presumed_flagged": 3,
        "challenger_presumed_flagged": 3,
        "champion_presumed_acted": 1,
        "challenger_presumed_acted": 1,
    }


@pytest.mark.parametrize(("acted", "passes"), [(1, True), (2, False)])
def test_one_more_that_it_would_act_on_is_allowed_two_are_not(acted: int, passes: bool) -> None:
    decision = decide(CHAMPION, scores((0.99, acted)))
    assert decision.passes is passes
    if not passes:
        assert decision.reasons == ["acts on 2 of 300 held-out messages presumed ham, the champion on 0"]


@pytest.mark.parametrize(
    ("n", "flagged", "passes"), [(300, 3, True), (300, 4, False), (1_500, 15, True), (1_500, 16, False)]
)
def test_a_hundredth_more_flags_are_allowed_and_always_three(n: int, flagged: int, passes: bool) -> None:
    assert decide(scores(n=n), scores((0.89, flagged), n=n)).passes is passes


def test_clearly_more_flags_are_refused_with_both_counts() -> None:
    decision = decide(scores((0.8, 2)), scores((0.8, 30)))
    assert decision.reasons == ["flags 30 of 300 held-out messages presumed ham, the champion 2"]


def test_what_crosses_the_thresholds_by_a_hair_is_luck() -> None:
    assert decide(scores((0.48, 20)), scores((0.52, 20))).passes
    assert decide(scores((0.89, 5)), scores((0.91, 5))).passes


def test_without_presumed_ham_or_with_scores_that_are_none_it_says_nothing() -> None:
    assert decide(scores(n=0), scores(n=0)) == Gate(True)
    assert decide(CHAMPION, Scores([math.nan] * 300, 0.5, 0.9)) == Gate(True)


def test_two_parts_of_the_gate_pass_what_both_let_pass() -> None:
    both = Gate(True, [], {"a": 1}).and_also(Gate(False, ["no"], {"b": 2}))
    assert both == Gate(False, ["no"], {"a": 1, "b": 2})
    assert Gate(True).and_also(Gate(True)).passes


def test_a_version_is_measured_on_all_of_it_and_on_each_chats_with_bounds() -> None:
    examples = [PresumedExample(words(i), 1 + i % 2) for i in range(4)]
    figures = measure(examples, [0.1, 0.6, 0.2, 0.95], Thresholds(0.5, 0.9))
    assert {name: figures[name] for name in ("examples", "flagged", "acted")} == {
        "examples": 4,
        "flagged": 2,
        "acted": 1,
    }
    assert figures["flagged_upper_bound_95"] == upper_bound(2, 4)
    assert figures["acted_upper_bound_95"] == upper_bound(1, 4)
    assert {chat: (of["examples"], of["flagged"], of["acted"]) for chat, of in figures["chats"].items()} == {
        "1": (2, 0, 0),
        "2": (2, 2, 1),
    }


@pytest.mark.parametrize(
    ("hits", "n"), [(0, 0), (0, 1), (0, 443), (1, 443), (5, 300), (40, 300), (299, 300), (300, 300), (3, 20_000)]
)
def test_the_site_states_the_same_bound_without_scipy(hits: int, n: int) -> None:
    assert at_most(hits, n) == pytest.approx(upper_bound(hits, n), abs=1e-9)
