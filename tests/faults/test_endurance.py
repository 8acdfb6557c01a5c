"""`python -m benchmarks.endurance` in its shortest form: a retraining, a promotion and a rollback while messages stream in."""

from __future__ import annotations

import pytest

from benchmarks.endurance.load import Load
from benchmarks.endurance.running import figures
from benchmarks.faults.supervised import ALL

LOAD = Load(minutes=1, a_second=6, warm_up_seconds=10)
MESSAGES = LOAD.messages + 60  # those of the warm-up too
A_FEW = 3  # handles: a connection more or less is no leak
FLAT = 0.05  # of memory, from the second quarter to the last
SLOWER, STUMBLE = (
    2,
    5.0,
)  # the last half's slowest messages beside the first's, and seconds that a busy machine may take
LARGER = 1.25  # the database beside what its first messages took: pages are filled in steps


@pytest.mark.processes
def test_nothing_is_lost_and_nothing_grows_while_versions_come_and_go() -> None:
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
        assert process["memory_growth"] <= FLAT, (name, answered)
    first, second = (answered["delay_seconds"][half]["p99"] for half in ("first_half", "second_half"))
    assert second <= first * SLOWER + STUMBLE, answered
    assert answered["database"]["mb"] <= answered["database"]["computed_mb"] * LARGER, answered
