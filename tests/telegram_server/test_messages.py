"""The fake Telegram takes, changes and deletes messages as the Bot API's documentation says."""

from __future__ import annotations

from tests.telegram_server import BOT, Refused, TelegramServer
from tests.telegram_server.client import GROUP, MAX, Api


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


# Errors on demand


def test_the_next_call_fails_as_a_test_wants_it_to(telegram: TelegramServer, api: Api) -> None:
    telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 3", retry_after=3))
    answer = api.answer("sendMessage", chat_id=GROUP, text="hello")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    assert api("sendMessage", chat_id=GROUP, text="hello")["text"] == "hello"


def test_a_bot_that_was_kicked_cannot_write(telegram: TelegramServer, api: Api) -> None:
    telegram.join(GROUP, BOT, "left")
    assert api.refused("sendMessage", chat_id=GROUP, text="hello")[0] == 403
