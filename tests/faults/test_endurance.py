"""`python -m benchmarks.endurance` in its shortest form: a retraining, a promotion and a rollback while messages stream in."""

from __future__ import annotations

import pytest

from benchmarks.endurance.load import Load
from benchmarks.endurance.running import figures
from benchmarks.faults.supervised import ALL

LOAD = Load(minutes=0.5, a_second=6, warm_up_seconds=5)
MESSAGES = LOAD.messages + 30  # those of the warm-up too
A_FEW = 3  # handles: a connection more or less is no leak


@pytest.mark.processes
def test_nothing_is_lost_and_no_handle_leaks_while_versions_come_and_go() -> None:
    answered = figures(LOAD)
    assert (answered["messages_in"], answered["verdicts_out"]) == (MESSAGES, MESSAGES), answered
    assert (answered["lost"], answered["doubled"], answered["restarts"]) == (0, 0, 0), answered
    assert (answered["actions_lost"], answered["actions_doubled"]) == (0, 0), answered
    assert answered["retrained"] >= 1, answered
    assert answered["promoted"], answered
    assert answered["rolled_back"], answered
    assert sum(answered["verdicts_by_version"].values()) == MESSAGES, answered
    assert answered["retention"]["old"] > 0, answered
    assert answered["retention"]["left"] == 0, answered
    assert set(answered["processes"]) == set(ALL)
    for name, process in answered["processes"].items():
        second, last = process["handles"]
        assert last <= second + A_FEW, (name, answered)
