"""Some of the scenarios of `python -m benchmarks.faults`, in a form short enough for every check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.faults import table
from benchmarks.faults.form import POSTGRESQL, SHORT, SQLITE
from benchmarks.faults.measuring import is_survived, measure

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
    ],
)
def test_a_fault_that_costs_anything_is_not_survived(change: dict[str, object]) -> None:
    whole = {"lost": 0, "doubled": 0, "actions_lost": 0, "actions_doubled": 0, "notices_at_most": 2}
    assert is_survived(whole)
    assert not is_survived(whole | change)
