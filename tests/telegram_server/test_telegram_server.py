"""The fake Telegram keeps to what the Bot API's documentation says of each method."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.telegram_server import BOT, PERMISSIONS, TOKEN, Refused, TelegramServer, user

GROUP = -1001
ANN, MAX = user(11, "Ann"), user(12, "Max")


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.add_group(GROUP, "Gardeners")
        server.join(GROUP, ANN, "administrator", can_delete_messages=True)
        server.join(GROUP, MAX)
        yield server


class Api:
    """Calls the server as any client would."""

    def __init__(self, telegram: TelegramServer, token: str = TOKEN) -> None:
        self._base = f"{telegram.url}/bot{token}"

    def answer(self, method: str, **parameters: Any) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(
            f"{self._base}/{method}", data=parameters, timeout=10, trust_env=False
        ).json()
        return found

    def __call__(self, method: str, **parameters: Any) -> Any:
        answer = self.answer(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        answer = self.answer(method, **parameters)
        assert not answer["ok"], answer
        return answer["error_code"], answer["description"]


@pytest.fixture
def api(telegram: TelegramServer) -> Api:
    return Api(telegram)


def ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


# Updates


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


# Who is who


def test_another_token_is_unauthorised(telegram: TelegramServer) -> None:
    assert Api(telegram, "1:other").refused("getMe") == (401, "Unauthorized")


def test_an_unknown_method_is_not_found(api: Api) -> None:
    assert api.refused("flyToTheMoon")[0] == 404


def test_roles_and_administrators_are_told(api: Api) -> None:
    assert api("getChatMember", chat_id=GROUP, user_id=ANN["id"])["status"] == "administrator"
    assert api.refused("getChatMember", chat_id=GROUP, user_id=99) == (400, "Bad Request: member not found")
    found = {member["user"]["id"] for member in api("getChatAdministrators", chat_id=GROUP)}
    assert found == {ANN["id"], BOT["id"]}
    assert api.refused("getChat", chat_id=-5) == (400, "Bad Request: chat not found")


# Messages


def test_a_message_has_to_have_a_text_of_at_most_4096_characters(api: Api) -> None:
    assert api("sendMessage", chat_id=GROUP, text="x" * 4096)["text"] == "x" * 4096
    assert api.refused("sendMessage", chat_id=GROUP, text="")[1] == "Bad Request: message text is empty"
    assert api.refused("sendMessage", chat_id=GROUP, text="x" * 4097)[1] == "Bad Request: message is too long"


def test_a_bot_cannot_begin_a_private_conversation(telegram: TelegramServer, api: Api) -> None:
    telegram.whisper(MAX, "hello")
    assert api("sendMessage", chat_id=MAX["id"], text="hello")["chat"]["type"] == "private"
    telegram.started.clear()
    assert api.refused("sendMessage", chat_id=MAX["id"], text="hello")[0] == 403


def test_an_edit_that_changes_nothing_is_refused(api: Api) -> None:
    message_id = api("sendMessage", chat_id=GROUP, text="one")["message_id"]
    assert api("editMessageText", chat_id=GROUP, message_id=message_id, text="two")["text"] == "two"
    same = api.refused("editMessageText", chat_id=GROUP, message_id=message_id, text="two")
    assert same == (400, "Bad Request: message is not modified")
    assert "not found" in api.refused("editMessageText", chat_id=GROUP, message_id=999, text="two")[1]


def test_a_message_is_deleted_once(telegram: TelegramServer, api: Api) -> None:
    message_id = telegram.say(GROUP, MAX, "spam")
    assert api("deleteMessage", chat_id=GROUP, message_id=message_id) is True
    again = api.refused("deleteMessage", chat_id=GROUP, message_id=message_id)
    assert again == (400, "Bad Request: message to delete not found")


def test_after_two_days_a_message_cannot_be_deleted(telegram: TelegramServer, api: Api) -> None:
    message_id = telegram.say(GROUP, MAX, "spam")
    telegram.messages[GROUP, message_id]["date"] -= 49 * 3600
    assert api.refused("deleteMessage", chat_id=GROUP, message_id=message_id)[1].endswith("can't be deleted")


def test_without_the_right_only_own_messages_can_be_deleted(telegram: TelegramServer, api: Api) -> None:
    telegram.join(GROUP, BOT, "administrator", can_restrict_members=True)
    own = api("sendMessage", chat_id=GROUP, text="mine")["message_id"]
    assert api("deleteMessage", chat_id=GROUP, message_id=own) is True
    assert api.refused("deleteMessage", chat_id=GROUP, message_id=telegram.say(GROUP, MAX, "hi"))[0] == 400


# Members


def test_a_ban_lasts_until_it_is_lifted_and_lifting_it_makes_nobody_a_member(api: Api) -> None:
    api("banChatMember", chat_id=GROUP, user_id=MAX["id"], until_date=2_000_000_000)
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "kicked"
    api("unbanChatMember", chat_id=GROUP, user_id=MAX["id"], only_if_banned=True)
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "left"


def test_lifting_a_ban_throws_a_member_out_unless_told_otherwise(api: Api) -> None:
    api("unbanChatMember", chat_id=GROUP, user_id=MAX["id"], only_if_banned=True)
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "member"
    api("unbanChatMember", chat_id=GROUP, user_id=MAX["id"])
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "left"


def test_a_restriction_takes_the_right_to_write_and_gives_it_back(api: Api) -> None:
    api("restrictChatMember", chat_id=GROUP, user_id=MAX["id"], permissions='{"can_send_messages": false}')
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "restricted"
    api("restrictChatMember", chat_id=GROUP, user_id=MAX["id"], permissions='{"can_send_messages": true}')
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["can_send_photos"] is False
    everything = json.dumps(dict.fromkeys(PERMISSIONS, True))
    api("restrictChatMember", chat_id=GROUP, user_id=MAX["id"], permissions=everything)
    assert api("getChatMember", chat_id=GROUP, user_id=MAX["id"])["status"] == "member"


def test_administrators_cannot_be_banned_and_a_bot_without_the_right_bans_nobody(
    telegram: TelegramServer, api: Api
) -> None:
    assert "administrator" in api.refused("banChatMember", chat_id=GROUP, user_id=ANN["id"])[1]
    telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    assert "not enough rights" in api.refused("banChatMember", chat_id=GROUP, user_id=MAX["id"])[1]


# A basic group that becomes a supergroup


def test_a_supergroups_messages_count_from_one_and_the_basic_group_takes_no_call_any_more(
    telegram: TelegramServer, api: Api
) -> None:
    old = telegram.say(GROUP, MAX, "hello")
    telegram.upgrade(GROUP, -1007, ANN)
    told = [update["message"] for update in api("getUpdates")][-2:]
    assert [told[0]["migrate_to_chat_id"], told[1]["migrate_from_chat_id"]] == [-1007, GROUP]
    assert telegram.say(-1007, MAX, "first words") == 2
    assert api("getChatMember", chat_id=-1007, user_id=ANN["id"])["status"] == "administrator"
    for method in ("deleteMessage", "editMessageText"):
        answer = api.answer(method, chat_id=GROUP, message_id=old, text="x")
        assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": -1007})


# Titles and channels


def test_a_new_title_is_told_and_a_linked_channel_is_known(telegram: TelegramServer, api: Api) -> None:
    telegram.rename(GROUP, ANN, "Rose lovers")
    assert api("getUpdates")[-1]["message"]["chat"]["title"] == "Rose lovers"
    assert "linked_chat_id" not in api("getChat", chat_id=GROUP)
    telegram.link_channel(GROUP, {"id": -1009})
    assert api("getChat", chat_id=GROUP)["linked_chat_id"] == -1009


# Errors on demand


def test_the_next_call_fails_as_a_test_wants_it_to(telegram: TelegramServer, api: Api) -> None:
    telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 3", retry_after=3))
    answer = api.answer("sendMessage", chat_id=GROUP, text="hello")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    assert api("sendMessage", chat_id=GROUP, text="hello")["text"] == "hello"


def test_a_bot_that_was_kicked_cannot_write(telegram: TelegramServer, api: Api) -> None:
    telegram.join(GROUP, BOT, "left")
    assert api.refused("sendMessage", chat_id=GROUP, text="hello")[0] == 403


def test_an_administrator_is_told_who_joins_and_whoever_is_there_reads_it(telegram: TelegramServer, api: Api) -> None:
    telegram.arrive(GROUP, user(13, "Eve"))
    told, service = api("getUpdates")
    roles = [told["chat_member"][f"{which}_chat_member"]["status"] for which in ("old", "new")]
    assert roles == ["left", "member"]
    assert [who["id"] for who in service["message"]["new_chat_members"]] == [13]


def test_a_bot_that_is_no_administrator_reads_the_service_message_alone(telegram: TelegramServer, api: Api) -> None:
    telegram.appoint(GROUP, "member")
    telegram.arrive(GROUP, user(13, "Eve"))
    own, service = api("getUpdates")
    assert own["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert "new_chat_members" in service["message"]
