"""Telegram is asked for reactions only while a chat wants them."""

from __future__ import annotations

from bot import asked_updates
from bot.database import Database
from storage.access import chats
from storage.session import open_engine, transaction
from tests.bot.stories import ANN, GROUP
from tests.bot.world import World

REACTION = "message_reaction"


def choose(world: World, wants: bool) -> None:
    with transaction(world.engine) as session:
        chats.choose(session, chats.on_telegram(session, GROUP).id, "watches_reactions", wants)


def test_the_list_follows_what_the_chats_choose(world: World) -> None:
    asked = list(asked_updates.ALWAYS)
    database = Database(world.engine, 1)
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.run(asked_updates.refresh(database, asked))
    assert REACTION not in asked
    choose(world, True)
    world.run(asked_updates.refresh(database, asked))
    assert asked == [*asked_updates.ALWAYS, REACTION]
    choose(world, False)
    world.run(asked_updates.refresh(database, asked))
    assert asked == list(asked_updates.ALWAYS)


def test_a_database_that_is_away_leaves_it_as_it_is(world: World) -> None:
    away = Database(open_engine("postgresql://u@127.0.0.1:1/x"), 1)
    asked = [*asked_updates.ALWAYS, REACTION]
    world.run(asked_updates.refresh(away, asked))
    assert REACTION in asked
