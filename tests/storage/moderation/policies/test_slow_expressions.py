"""An expression that ran too long several times is left out for a while, in its chat and this process alone."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from storage.models import RuleEffect, RuleKind
from storage.moderation.policies import patterns
from storage.moderation.policies.patterns import Compiled, Pattern
from storage.moderation.policies.slow_expressions import LEFT_OUT_SECONDS, MOST_TIMES, WITHIN_SECONDS, SlowExpressions
from tests.worker.clock import Clock

SLOW = r"(b+)+c"
SLOW_ON, FOUND_IN = "b" * 4_000, "bbc"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rules(clock: Clock) -> Compiled:
    """A slow expression and another one."""
    both = (Pattern(RuleKind.REGEX, RuleEffect.FLAG, text) for text in (SLOW, "money+"))
    return patterns.compiled(both, SlowExpressions(clock))


def is_flagged(rules: Compiled, text: str) -> bool:
    return rules.match(text) is not None


def cut_off(rules: Compiled, times: int = MOST_TIMES) -> None:
    for _ in range(times):
        assert not is_flagged(rules, SLOW_ON)


def test_it_is_left_out_and_the_others_are_not(rules: Compiled) -> None:
    cut_off(rules)
    assert not is_flagged(rules, FOUND_IN)
    assert is_flagged(rules, "moneyyy")


def test_it_is_searched_for_again_after_a_while(rules: Compiled, clock: Clock) -> None:
    cut_off(rules)
    clock.now += LEFT_OUT_SECONDS - 1
    assert not is_flagged(rules, FOUND_IN)
    clock.now += 1
    assert is_flagged(rules, FOUND_IN)
    cut_off(rules, MOST_TIMES - 1)
    assert is_flagged(rules, FOUND_IN), "it is counted anew"


def test_one_that_ran_too_long_now_and_then_stays(rules: Compiled, clock: Clock) -> None:
    for _ in range(MOST_TIMES * 2):
        cut_off(rules, 1)
        clock.now += WITHIN_SECONDS / (MOST_TIMES - 1)
    assert is_flagged(rules, FOUND_IN)


def test_it_is_logged_once_and_without_the_text(rules: Compiled) -> None:
    with capture_logs() as logged:
        cut_off(rules)
        cut_off(rules)
    [line] = logged
    assert line["expression"] == SLOW
    assert "bbbb" not in str(line)


def test_another_chat_with_the_same_expression_keeps_it(rules: Compiled) -> None:
    cut_off(rules)
    others = patterns.compiled([Pattern(RuleKind.REGEX, RuleEffect.FLAG, SLOW)], SlowExpressions())
    assert is_flagged(others, FOUND_IN)


def test_a_preview_of_rules_leaves_nothing_out() -> None:
    preview = patterns.compiled([Pattern(RuleKind.REGEX, RuleEffect.FLAG, SLOW)])
    cut_off(preview)
    assert is_flagged(preview, FOUND_IN)
