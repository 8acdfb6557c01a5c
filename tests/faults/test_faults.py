"""Some of the scenarios of `python -m benchmarks.faults`, in a form short enough for every check."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from benchmarks.faults import table
from benchmarks.faults.form import POSTGRESQL, SHORT, SQLITE
from benchmarks.faults.measuring import is_survived, measure
from benchmarks.faults.telegram import MODERATORS, SPAM_EVERY, FaultyTelegram
from tests.telegram_server import TOKEN, Refused

FORM = replace(SHORT, messages=40, times=2)
CHOSEN = (
    ("actions killed", SQLITE),
    ("PostgreSQL's connections cut", POSTGRESQL),
    ("PostgreSQL failed over to another address", POSTGRESQL),
    ("updates doubled and disordered", SQLITE),
)


@pytest.mark.processes
@pytest.mark.parametrize("key", CHOSEN, ids=[name for name, _ in CHOSEN])
def test_nothing_is_lost_or_done_twice(key: tuple[str, str]) -> None:
    counts = measure(SCENARIOS[key], FORM, seed=1)
    assert (counts["messages_in"], counts["verdicts_out"]) == (FORM.messages, FORM.messages), counts
    assert counts["notices"] == 2, counts
    assert is_survived(counts), counts


SCENARIOS = {(scenario.name, scenario.database): scenario for scenario in table.SCENARIOS}


def test_no_two_scenarios_have_the_same_name_and_database() -> None:
    assert len(SCENARIOS) == len(table.SCENARIOS)


@pytest.mark.parametrize(
    "change",
    [
        {"lost": 1},
        {"doubled": 1},
        {"actions_lost": 1},
        {"actions_doubled": 1},
        {"notices_at_most": 3},
        {"left": {"actions": 1}},
        {"failures": {"messages": ["the worker did not finish it in 5 attempts"]}},
    ],
)
def test_a_fault_that_costs_anything_is_not_survived(change: dict[str, object]) -> None:
    whole = {"lost": 0, "doubled": 0, "actions_lost": 0, "actions_doubled": 0, "notices_at_most": 2}
    assert is_survived(whole)
    assert not is_survived(whole | change)
    assert not is_survived({"did_not_come_back": "worker did not start within 600 s"})


def test_spam_that_nothing_was_done_about_is_found_and_so_is_a_call_made_twice() -> None:
    with FaultyTelegram() as telegram:
        telegram.prepare()
        message_id = telegram.write(SPAM_EVERY)
        assert telegram.missing_actions() == 3
        [(number, group, _, person)] = telegram.spam
        for _ in range(2):
            with suppress(Refused):
                telegram.answer(TOKEN, "deleteMessage", {"chat_id": group, "message_id": message_id})
        telegram.answer(TOKEN, "banChatMember", {"chat_id": group, "user_id": person})
        assert telegram.missing_actions() == 1
        telegram.answer(TOKEN, "sendMessage", {"chat_id": MODERATORS, "text": f"message {number}"})
        assert (telegram.missing_actions(), telegram.doubled_actions(), telegram.repeated_calls()) == (0, 0, 1)
