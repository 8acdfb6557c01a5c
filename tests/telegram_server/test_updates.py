"""The fake Telegram hands out updates as the Bot API's documentation says."""

from __future__ import annotations

import time
from typing import Any

from tests.telegram_server import TelegramServer, user
from tests.telegram_server.client import GROUP, MAX, Api


def ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


def test_an_update_comes_again_until_a_higher_offset_confirms_it(telegram: TelegramServer, api: Api) -> None:
    telegram.say(GROUP, MAX, "one")
    telegram.say(GROUP, MAX, "two")
    first, second = ids(api("getUpdates"))
    assert ids(api("getUpdates")) == [first, second]
    assert ids(api("getUpdates", offset=first)) == [first, second], "its own number confirms only those before"
    assert ids(api("getUpdates", offset=second)) == [second]
    assert ids(api("getUpdates", offset=second + 1)) == []
    assert telegram.waiting == 0


def test_at_most_limit_updates_come_at_once_and_never_over_a_hundred(telegram: TelegramServer, api: Api) -> None:
    for number in range(120):
        telegram.say(GROUP, MAX, str(number))
    assert len(api("getUpdates", limit=5)) == 5
    assert len(api("getUpdates", limit=1000)) == 100


def test_a_long_poll_ends_with_the_first_update_or_its_timeout(telegram: TelegramServer, api: Api) -> None:
    began = time.monotonic()
    assert api("getUpdates", timeout=1) == []
    assert time.monotonic() - began >= 0.9
    telegram.say(GROUP, MAX, "hello")
    assert len(api("getUpdates", timeout=5)) == 1
    assert time.monotonic() - began < 5


def test_only_allowed_kinds_of_updates_come(telegram: TelegramServer, api: Api) -> None:
    message_id = telegram.say(GROUP, MAX, "hello")
    telegram.edit(GROUP, message_id, "hello!")
    assert [sorted(update)[0] for update in api("getUpdates", allowed_updates='["edited_message"]')] == [
        "edited_message"
    ]


def test_updates_cannot_be_asked_for_while_a_webhook_is_set(api: Api) -> None:
    api("setWebhook", url="https://example.org", secret_token="s")
    assert api.refused("getUpdates")[0] == 409
    api("deleteWebhook")
    assert api("getUpdates") == []


def test_an_administrator_is_told_who_joins_and_whoever_is_there_reads_it(telegram: TelegramServer, api: Api) -> None:
    telegram.arrive(GROUP, user(13, "Eve"))
    joining, service = api("getUpdates")
    roles = [joining["chat_member"][f"{which}_chat_member"]["status"] for which in ("old", "new")]
    assert roles == ["left", "member"]
    assert [who["id"] for who in service["message"]["new_chat_members"]] == [13]


def test_a_bot_that_is_no_administrator_reads_the_service_message_alone(telegram: TelegramServer, api: Api) -> None:
    telegram.appoint(GROUP, "member")
    telegram.arrive(GROUP, user(13, "Eve"))
    own, service = api("getUpdates")
    assert own["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert "new_chat_members" in service["message"]
