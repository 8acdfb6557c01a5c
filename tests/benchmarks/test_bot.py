"""The benchmark of one bot, on few messages."""

from __future__ import annotations

import pytest

from benchmarks import bot

pytestmark = pytest.mark.processes


def test_one_bot_stores_what_waits_at_telegram() -> None:
    figures = bot.measure(30)
    assert figures["messages"] == 30
    assert figures["per_second"] > 0
    assert figures["machine"]["cores"] > 0
    assert figures["precision"] in ("bf16", "fp32")
    assert 0 < figures["memory_mb"][0] <= figures["memory_mb"][1]
