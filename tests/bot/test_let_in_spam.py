"""What a moderator let in is deleted with everything else of a spammer, where the chat wants that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.models import Action, ActionKind, now
from storage.session import transaction
from tests.bot.hold_stories import LINK, choose, press, writes
from tests.bot.stories import ANN, GROUP, MAX, stands
from tests.bot.world import World
from tests.storage import given


def let_in(world: World) -> int:
    """The number of what the bot posted again."""
    writes(world, LINK)
    press(world, "Let it in")
    return int(world.telegram.sent_to(GROUP)[-1]["message_id"])


def spams(world: World, text: str = "buy now") -> None:
    message = writes(world, text)
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.settle()


@pytest.mark.parametrize(("removes", "is_left"), [("message", True), ("chat", False), ("everywhere", False)])
def test_it_goes_where_the_chat_wants_that(world: World, removes: str, is_left: bool) -> None:
    choose(world, hold_links="yes", spam_removes=removes)
    posted = let_in(world)
    assert stands(world.telegram, posted)
    spams(world)
    assert stands(world.telegram, posted) == is_left


def test_it_goes_once_and_nobody_elses(world: World) -> None:
    choose(world, hold_links="yes", spam_removes="chat")
    writes(world, f"{LINK} of mine", MAX)
    press(world, "Let it in")
    of_max = int(world.telegram.sent_to(GROUP)[-1]["message_id"])
    posted = let_in(world)
    spams(world)
    spams(world, "buy more")
    assert stands(world.telegram, of_max)
    deletions = zip(given.values(world.engine, Action.kind), given.values(world.engine, Action.message_id), strict=True)
    assert list(deletions).count((ActionKind.DELETE, posted)) == 1


def test_what_was_let_in_three_days_ago_stays(world: World) -> None:
    choose(world, hold_links="yes", spam_removes="chat")
    posted = let_in(world)
    with transaction(world.engine) as session:
        session.execute(update(Action).values(created_at=now() - timedelta(days=3)))
    spams(world)
    assert stands(world.telegram, posted)
