"""The moderation rules, as a table."""

from __future__ import annotations

import pytest

from storage import rules
from storage.models import ActionKind, Mode, OrderKind
from storage.rules import Flagged

NOTIFY, DELETE, BAN, RESTRICT = ActionKind.NOTIFY, ActionKind.DELETE, ActionKind.BAN, ActionKind.RESTRICT


@pytest.mark.parametrize(
    ("mode", "done"),
    [
        (Mode.OBSERVE, (NOTIFY,)),
        (Mode.TRAINING, (NOTIFY,)),
        (Mode.SOFT, (DELETE, RESTRICT, NOTIFY)),
        (Mode.ENFORCE, (DELETE, BAN, NOTIFY)),
    ],
)
def test_each_mode_acts_by_itself_as_far_as_it_says(mode: Mode, done: tuple[ActionKind, ...]) -> None:
    assert rules.for_flag(Flagged(mode, is_over_act=True, is_in_good_standing=False, is_paused=False)) == done


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("is_over_act", "is_in_good_standing", "is_paused"),
    [(False, False, False), (True, True, False), (True, False, True)],
    ids=["not sure", "good standing", "paused"],
)
def test_without_a_clear_case_moderators_are_only_told(
    mode: Mode, is_over_act: bool, is_in_good_standing: bool, is_paused: bool
) -> None:
    assert rules.for_flag(Flagged(mode, is_over_act, is_in_good_standing, is_paused)) == (NOTIFY,)


@pytest.mark.parametrize(
    ("mode", "done"),
    [
        (Mode.OBSERVE, ()),
        (Mode.TRAINING, (DELETE, BAN)),
        (Mode.SOFT, (DELETE, RESTRICT)),
        (Mode.ENFORCE, (DELETE, BAN)),
    ],
)
def test_a_moderators_spam_acts_unless_hamlet_only_observes(mode: Mode, done: tuple[ActionKind, ...]) -> None:
    assert rules.for_spam(mode) == done


def test_commands_do_what_they_say() -> None:
    assert rules.for_order(OrderKind.BAN) == rules.for_order(OrderKind.BAN_FOR_GOOD) == (DELETE, BAN)
    assert rules.for_order(OrderKind.WARN) == (DELETE,)
    assert rules.for_order(OrderKind.SPAM) == rules.for_order(OrderKind.HAM) == (), "the correction asks for the rest"
