"""The gate on live traffic: who flags far more needs people to look."""

from __future__ import annotations

import pytest

from training.lifecycle.gate_shadow import Shadowed, decide


def seen(judged: int, flagged: int, champion_flagged: int) -> Shadowed:
    return Shadowed(judged, flagged, champion_flagged, champion_judged=judged)


@pytest.mark.parametrize(
    ("flagged", "champion_flagged", "passes"),
    [(10, 5, True), (11, 5, False), (5, 0, True), (6, 0, False), (0, 50, True)],
)
def test_a_shadow_may_flag_twice_what_the_champion_flags_or_one_in_a_hundred(
    flagged: int, champion_flagged: int, passes: bool
) -> None:
    assert decide(seen(500, flagged, champion_flagged)).passes is passes


@pytest.mark.parametrize(("flagged", "passes"), [(3, True), (4, False)])
def test_in_a_small_chat_three_flags_are_never_too_many(flagged: int, passes: bool) -> None:
    assert decide(seen(20, flagged, 0)).passes is passes


def test_a_refused_shadow_says_how_much_it_flags() -> None:
    assert decide(seen(500, 50, 5)).reasons == ["flags 10.0% of live traffic, the champion 1.0% (500 messages)"]


def test_flags_that_moderators_called_spam_are_not_held_against_a_shadow() -> None:
    assert not decide(Shadowed(64, 16, 5, champion_judged=64)).passes
    assert decide(Shadowed(64, 16, 5, champion_judged=64, confirmed=6)).passes
    refused = decide(Shadowed(64, 30, 5, champion_judged=64, confirmed=6))
    assert refused.reasons == ["flags 37.5% of live traffic, the champion 7.8% (64 messages; 6 more are spam indeed)"]


def test_a_shadow_without_traffic_is_not_refused_one_that_no_worker_could_load_is() -> None:
    assert decide(Shadowed(0, 0, 0, champion_judged=0)).passes
    assert decide(Shadowed(0, 0, 0, champion_judged=9)).reasons == [
        "no worker could judge with it, while the champion judged 9 messages: the worker's log says why"
    ]
