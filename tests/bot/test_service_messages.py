"""Telegram's messages that somebody joined or left are removed where the chat wants that."""

from __future__ import annotations

import pytest

from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests.bot.stories import ANN, GROUP, MAX, MODERATORS, linked, stands
from tests.bot.world import World
from tests.telegram_server import BOT, user

IDA = user(20, "Ida")


def removes_service(world: World, language: str = "en") -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    with transaction(world.engine) as session:
        chat = chats.on_telegram(session, GROUP)
        chats.choose(session, chat.id, "removes_service", "yes")
        chats.choose(session, chat.id, "language", language)


def joins(world: World, group: int = GROUP) -> int:
    number = world.telegram.say(group, IDA, None, new_chat_members=[IDA])
    world.settle()
    return number


def test_they_stand_by_default_and_go_where_the_chat_chose_so(world: World) -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    assert stands(world.telegram, joins(world))
    removes_service(world)
    assert not stands(world.telegram, joins(world))
    world.telegram.join(GROUP, MAX)
    gone = world.telegram.leave(GROUP, MAX)
    world.settle()
    assert not stands(world.telegram, gone)


@pytest.mark.parametrize("quiet", ["observe", "paused"])
def test_they_stand_where_hamlet_does_nothing_by_itself(world: World, quiet: str) -> None:
    removes_service(world)
    if quiet == "observe":
        world.mode(Mode.OBSERVE)
    else:
        world.telegram.say(GROUP, ANN, "/pause")
        world.settle()
    assert stands(world.telegram, joins(world))


def test_they_stand_in_the_moderators_chat(world: World) -> None:
    linked(world)
    removes_service(world)
    number = joins(world, MODERATORS)
    assert stands(world.telegram, number, MODERATORS)


def test_moderators_are_told_in_their_language_where_the_bot_may_not_delete(world: World) -> None:
    removes_service(world, "ru")
    world.telegram.join(GROUP, BOT, "administrator", can_restrict_members=True)
    assert stands(world.telegram, joins(world))
    assert "есть ли у бота право" in world.telegram.sent_to(GROUP)[-1]["text"]
