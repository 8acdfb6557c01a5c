"""What `hamlet doctor` learns from Telegram: token, clock, webhook, rights in each chat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from cli.doctor import rights, telegram
from cli.doctor.bot_api import Answer
from cli.doctor.line import Mark
from cli.doctor.running import results
from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests.telegram_server import BOT, TOKEN, Refused, TelegramServer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
GROUP, OTHER = -1001, -1002
ADDRESS = "https://example.org/hook"


@pytest.fixture
def server(home: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """A Telegram with a group that hamlet knows."""
    with TelegramServer() as opened:
        monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
        monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", opened.url)
        opened.add_group(GROUP, "Gardeners")
        with transaction(home) as session:
            chats.on_telegram(session, GROUP, "Gardeners")
        yield opened


def lines() -> dict[str, tuple[Mark, str]]:
    return {line.what: (line.mark, f"{line.text}: {line.remedy}") for line in results(telegram.checks())}


def test_all_is_well(server: TelegramServer) -> None:
    read = lines()
    assert read.pop("Telegram's clock")[0] == Mark.RIGHT
    assert read == {
        "Telegram": (Mark.RIGHT, "answers, and the token is that of @hamlet_bot: "),
        "webhook": (Mark.RIGHT, "none, the bot polls; 0 updates wait at Telegram: "),
        "chat 1": (Mark.RIGHT, "Gardeners: may delete messages and ban users: "),
    }


def test_a_token_that_is_not_valid(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", "1:another")
    read = lines()
    assert list(read) == ["Telegram"]
    assert read["Telegram"][0] == Mark.WRONG
    assert "the token is not valid: get one from @BotFather" in read["Telegram"][1]


def test_without_a_token_there_is_nothing_to_check(home: Engine) -> None:
    assert lines()["Telegram"][0] == Mark.NOTHING


def test_a_right_that_is_missing_is_named(server: TelegramServer) -> None:
    server.join(GROUP, BOT, "administrator", can_delete_messages=True)
    assert lines()["chat 1"] == (
        Mark.WRONG,
        "Gardeners: the bot may not ban users: give it the right to ban users",
    )


def test_a_bot_that_is_no_administrator_and_one_that_need_not_be(server: TelegramServer, home: Engine) -> None:
    server.join(GROUP, BOT)
    assert "the bot is no administrator" in lines()["chat 1"][1]
    with transaction(home) as session:
        chats.choose(session, 1, "mode", Mode.OBSERVE)
    assert lines()["chat 1"] == (Mark.RIGHT, "Gardeners: only observes, which needs no rights: ")


def test_groups_that_the_bot_left_are_not_wrong(server: TelegramServer, home: Engine) -> None:
    server.join(GROUP, BOT, "left")
    with transaction(home) as session:
        chats.on_telegram(session, OTHER, "Gone")
    read = lines()
    assert read["chat 1"] == (Mark.NOTHING, "Gardeners: the bot is not there any more: ")
    assert read["chat 2"] == (Mark.NOTHING, "Gone: the bot is not there (Bad Request: chat not found): ")


def test_telegram_that_asks_to_wait(server: TelegramServer) -> None:
    server.fail_next("getChatMember", Refused(429, "Too Many Requests: retry after 5", retry_after=5))
    server.fail_next("getWebhookInfo", Refused(429, "Too Many Requests: retry after 5", retry_after=5))
    read = lines()
    assert read["chat 1"][0] == read["webhook"][0] == Mark.NOTHING


def test_many_groups_are_asked_about_in_their_order(server: TelegramServer, home: Engine) -> None:
    for number in range(2, 35):
        server.add_group(GROUP - number, f"group {number}")
        with transaction(home) as session:
            chats.on_telegram(session, GROUP - number, f"group {number}")
    shown = [line.what for line in results(telegram.checks()) if line.what.startswith("chat ")]
    assert shown == [f"chat {number}" for number in range(1, 35)]


def test_a_webhook_that_another_program_has_set(server: TelegramServer) -> None:
    server.call_setWebhook({"url": ADDRESS})
    mark, text = lines()["webhook"]
    assert (mark, ADDRESS in text) == (Mark.WRONG, False)
    assert "Telegram has one, and hamlet polls" in text


@pytest.mark.parametrize(
    ("info", "url", "mark"),
    [
        ({"url": ADDRESS}, ADDRESS, Mark.RIGHT),
        ({"url": "https://other"}, ADDRESS, Mark.WRONG),
        ({"url": "", "pending_update_count": 5_000}, None, Mark.WRONG),
        ({"url": ADDRESS, "last_error_date": int(NOON.timestamp()) - 60}, ADDRESS, Mark.WRONG),
        ({"url": ADDRESS, "last_error_date": int(NOON.timestamp()) - 86_400}, ADDRESS, Mark.RIGHT),
    ],
)
def test_what_telegram_says_of_the_webhook(info: dict[str, Any], url: str | None, mark: Mark) -> None:
    assert telegram.of_webhook(info, url, NOON).mark == mark


def test_a_clock_that_is_not_telegrams_and_privacy_mode() -> None:
    me = Answer({"username": "b"}, None, 200, "Thu, 01 Jan 2026 12:00:00 GMT")
    shown = {line.what: line for line in telegram.of_bot(me, NOON - timedelta(minutes=2))}
    assert "120 s behind" in shown["Telegram's clock"].text
    assert "/setprivacy" in shown["privacy mode"].remedy


def test_an_administrator_without_any_right() -> None:
    line = rights.of_member("chat 1", "G", Mode.ENFORCE, {"status": "administrator"})
    assert line.text == "G: the bot may not delete messages nor ban users"
