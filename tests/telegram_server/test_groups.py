"""The fake Telegram knows groups, roles and sanctions as the Bot API's documentation says."""

from __future__ import annotations

import json

from tests.telegram_server import BOT, PERMISSIONS, TelegramServer
from tests.telegram_server.client import ANN, GROUP, MAX, Api

# Who is who


def test_another_token_is_unauthorised(telegram: TelegramServer) -> None:
    assert Api(telegram, "1:other").refused("getMe") == (401, "Unauthorized")


def test_an_unknown_method_is_not_found(api: Api) -> None:
    assert api.refused("flyToTheMoon")[0] == 404


def test_roles_and_administrators_are_told(api: Api) -> None:
    assert api("getChatMember", chat_id=GROUP, user_id=ANN["id"])["status"] == "administrator"
    assert api.refused("getChatMember", chat_id=GROUP, user_id=99) == (400, "Bad Request: member not found")
    administrators = {member["user"]["id"] for member in api("getChatAdministrators", chat_id=GROUP)}
    assert administrators == {ANN["id"], BOT["id"]}
    assert api.refused("getChat", chat_id=-5) == (400, "Bad Request: chat not found")


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


# What becomes of a group


def test_a_supergroups_messages_count_from_one_and_the_basic_group_takes_no_call_any_more(
    telegram: TelegramServer, api: Api
) -> None:
    old = telegram.say(GROUP, MAX, "hello")
    telegram.upgrade(GROUP, -1007, ANN)
    messages = [update["message"] for update in api("getUpdates")][-2:]
    assert [messages[0]["migrate_to_chat_id"], messages[1]["migrate_from_chat_id"]] == [-1007, GROUP]
    assert telegram.say(-1007, MAX, "first words") == 2
    assert api("getChatMember", chat_id=-1007, user_id=ANN["id"])["status"] == "administrator"
    for method in ("deleteMessage", "editMessageText"):
        answer = api.answer(method, chat_id=GROUP, message_id=old, text="x")
        assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": -1007})


def test_a_new_title_is_told_and_a_linked_channel_is_known(telegram: TelegramServer, api: Api) -> None:
    telegram.rename(GROUP, ANN, "Rose lovers")
    assert api("getUpdates")[-1]["message"]["chat"]["title"] == "Rose lovers"
    assert "linked_chat_id" not in api("getChat", chat_id=GROUP)
    telegram.link_channel(GROUP, {"id": -1009})
    assert api("getChat", chat_id=GROUP)["linked_chat_id"] == -1009
