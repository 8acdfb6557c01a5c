"""What the actions process and the bot count of Telegram: what became of each action, each call and each poll."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from telegram.error import NetworkError

from actions.context import Context
from bot.watch import WatchedRequest
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from telegram_ui.requests import CountedRequest, method_of, outcome
from tests.actions.performing import perform
from tests.scraped import grown, value
from tests.telegram_server import TOKEN, Refused, TelegramServer


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (None, "done"),
        (Refused(400, "Bad Request: chat not found"), "failed"),
        (Refused(429, "Too Many Requests: retry after 37", retry_after=37), "postponed"),
        (Refused(502, "Bad Gateway"), "postponed"),
    ],
)
def test_what_became_of_an_action_is_counted(
    context: Context, telegram: TelegramServer, verdict: int, answer: Refused | None, state: str
) -> None:
    if answer is not None:
        telegram.fail_next("sendMessage", answer)
    counted = {
        name: grown("hamlet_actions_total", kind="notify", state=name) for name in ("done", "failed", "postponed")
    }
    perform(context)
    assert {name for name, by in counted.items() if by()} == {state}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (None, "ok"),
        (Refused(429, "Too Many Requests: retry after 1", retry_after=1), "rate limited"),
        (Refused(403, "Forbidden: bot was kicked"), "refused"),
        (Refused(500, "Internal Server Error"), "server error"),
    ],
)
def test_what_came_of_a_call_is_counted_by_its_method(
    telegram: TelegramServer, answer: Refused | None, named: str
) -> None:
    if answer is not None:
        telegram.fail_next("getMe", answer)
    counted = grown("hamlet_telegram_calls_total", method="getMe", outcome=named)
    asyncio.run(call(CountedRequest(), f"{telegram.url}/bot{TOKEN}/getMe"))
    assert counted() == 1


def test_a_telegram_that_cannot_be_reached_is_counted() -> None:
    counted = grown("hamlet_telegram_calls_total", method="getMe", outcome="unreachable")
    with pytest.raises(NetworkError):
        asyncio.run(call(CountedRequest(), f"http://127.0.0.1:1/bot{TOKEN}/getMe"))
    assert counted() == 1


async def call(request: CountedRequest, url: str) -> None:
    async with request:
        await request.do_request(url, "POST")


@pytest.mark.parametrize(
    ("url", "method"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/sendMessage", "sendMessage"),
        (f"https://api.telegram.org/bot{TOKEN}/getUpdates?offset=1", "getUpdates"),
        (f"https://api.telegram.org/file/bot{TOKEN}/documents/ann's diary.txt", "file"),
        (f"https://api.telegram.org/bot{TOKEN}", "file"),
        ("", "file"),
    ],
)
def test_a_label_is_a_methods_name_or_file(url: str, method: str) -> None:
    assert method_of(url) == method


@pytest.mark.parametrize(
    ("status", "named"), [(200, "ok"), (302, "ok"), (400, "refused"), (429, "rate limited"), (599, "server error")]
)
def test_every_status_has_an_outcome(status: int, named: str) -> None:
    assert outcome(status) == named


def test_notes_when_a_poll_was_last_answered(telegram: TelegramServer, tmp_path: Path) -> None:
    polling = WatchedRequest(Heartbeat("bot", JobsSettings(home=tmp_path)))
    asyncio.run(call(polling, f"{telegram.url}/bot{TOKEN}/getMe"))
    assert abs(time.time() - value("hamlet_telegram_last_poll_timestamp_seconds")) < 60
