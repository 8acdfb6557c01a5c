"""Telegram's "retry after" as the bot meets it: noted for every process, and heeded before the next reply."""

from __future__ import annotations

import time

import pytest

from storage.models import Wait
from storage.processes import rate_limits
from storage.session import transaction
from tests.bot.stories import ANN, GROUP, MAX
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import Refused

pytestmark = pytest.mark.stories


@pytest.fixture(autouse=True)
def as_a_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it python-telegram-bot warns at every flood


def test_a_reply_that_has_to_wait_is_sent_and_the_wait_is_seen_by_all(world: World) -> None:
    world.telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 1", retry_after=1))
    world.telegram.say(GROUP, ANN, "/status")
    world.settle()
    assert world.telegram.sent_to(GROUP)[-1]["text"].startswith("Gardeners\nLast 7 days")
    assert given.values(world.engine, Wait.chat_external_id) == [GROUP]


def test_a_wait_that_another_process_met_is_heeded(world: World) -> None:
    with transaction(world.engine) as session:
        rate_limits.note(session, MAX["id"], 0.6)
    began = time.monotonic()
    world.telegram.whisper(MAX, "/start")
    world.settle()
    assert "I flag spam" in world.telegram.sent_to(MAX["id"])[-1]["text"]
    assert time.monotonic() - began >= 0.5


def test_without_a_wait_nothing_is_stored(world: World) -> None:
    world.telegram.whisper(MAX, "/start")
    world.settle()
    assert given.values(world.engine, Wait.chat_external_id) == []


def test_a_group_the_bot_was_thrown_out_of_does_not_stop_it(world: World) -> None:
    world.telegram.fail_next("sendMessage", Refused(403, "Forbidden: bot was kicked from the supergroup chat"))
    world.telegram.say(GROUP, ANN, "/status")
    world.telegram.whisper(MAX, "/start")
    world.settle()
    assert "I flag spam" in world.telegram.sent_to(MAX["id"])[-1]["text"]
