"""/help and the menus: everybody learns what they can do, in their language."""

from __future__ import annotations

from typing import Any

import pytest

from bot import menus, texts
from bot.handlers.commands import IN_GROUPS, IN_PRIVATE
from bot.order_words import word_of
from storage.access import chats
from storage.models import OrderKind
from storage.session import transaction
from telegram_ui.language import LANGUAGES, sentences
from tests.bot.stories import ANN, EVE, GROUP, MAX, linked
from tests.bot.stories import MODERATORS as MODERATORS_CHAT
from tests.bot.world import World
from tests.telegram_server.words import Refused

WORDS = {str(kind) for kind in OrderKind} - {"ban for good"}


def last_in(world: World, chat_id: int) -> str:
    return str(world.telegram.sent_to(chat_id)[-1]["text"])


def ask(world: World, who: dict[str, Any], text: str = "/help", chat_id: int = GROUP) -> int:
    message = world.telegram.say(chat_id, who, text)
    world.settle()
    return message


def russian(world: World) -> None:
    world.telegram.say(GROUP, ANN, "hello")
    world.settle()
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, "language", "ru")


def test_a_moderator_sees_every_command_at_once(world: World) -> None:
    ask(world, ANN)
    missing = [name for name in {*IN_GROUPS, *WORDS} if f"/{name}" not in last_in(world, GROUP)]
    assert missing == []


def test_a_moderator_of_a_russian_group_reads_it_in_russian(world: World) -> None:
    russian(world)
    ask(world, ANN)
    assert "/pause: само больше ничего не делается" in last_in(world, GROUP)


def test_moderators_are_answered_once_in_their_own_chat(world: World) -> None:
    linked(world)
    ask(world, ANN, chat_id=MODERATORS_CHAT)
    assert "/settings" in last_in(world, MODERATORS_CHAT)


def test_a_member_who_talks_to_the_bot_is_answered_in_private(world: World) -> None:
    world.telegram.whisper(MAX, "/start")
    asked = ask(world, MAX, "/help@hamlet_bot")
    assert "Reply /report" in last_in(world, MAX["id"])
    assert world.telegram.sent_to(GROUP) == []
    assert (GROUP, asked) not in world.telegram.messages


def test_the_group_is_answered_only_now_and_then(world: World) -> None:
    ask(world, MAX)
    asked = ask(world, EVE)
    assert ["Reply /report" in message["text"] for message in world.telegram.sent_to(GROUP)] == [True]
    assert (GROUP, asked) in world.telegram.messages, "it may have been for another bot"


def test_words_behind_the_command_are_judged(world: World) -> None:
    ask(world, EVE, "/help buy now")
    assert world.texts_stored() == ["/help buy now"]


def test_in_private_everybody_is_answered_in_their_language(world: World) -> None:
    world.telegram.whisper(MAX, "/help")
    world.telegram.whisper(EVE | {"language_code": "ru"}, "/help")
    world.settle()
    assert "/mydata: what is stored about you" in last_in(world, MAX["id"])
    assert "/mydata: что о вас хранится" in last_in(world, EVE["id"])


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_command_is_described(language: str) -> None:
    say = sentences(language).gettext
    assert set(texts.in_private(say)) == set(IN_PRIVATE)
    assert set(texts.for_moderators(say)) | {"why"} == set(IN_GROUPS)
    assert set(texts.by_reply(say)) == WORDS | {"why"}
    reports = word_of(f"/{next(iter(texts.for_members(say)))}", "hamlet_bot")
    assert reports is not None
    assert reports.order is None


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_telegram_takes_every_menu(language: str) -> None:
    for _scope, commands in menus.menus(sentences(language).gettext):
        assert len(commands) <= 100
        assert all(1 <= len(description) <= 256 for description in commands.values())


def test_every_role_has_a_menu_in_every_language(world: World) -> None:
    world.run(menus.set_all(world.bot.bot))
    calls = world.telegram.called("setMyCommands")
    scopes = {(call["scope"]["type"], call.get("language_code")) for call in calls}
    roles = ("all_private_chats", "all_group_chats", "all_chat_administrators")
    assert scopes == {(role, code) for role in roles for code in (None, "ru")}
    described = {command["command"]: command["description"] for command in calls[-1]["commands"]}
    assert described["unrule"] == "с номером: удалить это правило"


def test_the_bot_works_without_menus(world: World) -> None:
    world.telegram.fail_next("setMyCommands", Refused(400, "Bad Request: BOT_COMMAND_INVALID"))
    world.run(menus.set_all(world.bot.bot))
    assert len(world.telegram.called("setMyCommands")) == 1
    ask(world, ANN)
    assert "/settings" in last_in(world, GROUP)
