"""How long Telegram asks to wait, whichever way python-telegram-bot says it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import RetryAfter

from telegram_ui.waits import seconds_to_wait


@pytest.mark.parametrize(("is_timedelta", "wait"), [("true", timedelta(seconds=7)), ("false", 7)])
@pytest.mark.filterwarnings("ignore:.*`retry_after`")
def test_a_wait_is_a_number_of_seconds(monkeypatch: pytest.MonkeyPatch, is_timedelta: str, wait: int) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", is_timedelta)
    error = RetryAfter(wait)
    assert (type(error.retry_after), seconds_to_wait(error)) == (type(wait), 7.0)
