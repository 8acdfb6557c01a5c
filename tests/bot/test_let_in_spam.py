"""What a moderator let in is deleted with everything else of a spammer, where the chat wants that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from storage.models import Action, ActionKind, now
from storage.session import transaction
from tests.bot.hold_stories import LINK, choose, notice, press, writes
from tests.bot.stories import ANN, EVE, GROUP, MAX, stands
from tests.bot.world import World
from tests.storage import given

STICKER = {"type": "regular", "is_animated": False, "is_video": False}


def posted(world: World) -> list[dict[str, Any]]:
    """What the bot has posted in authors' names and still stands in the group."""
    sent = world.telegram.sent_to(GROUP)
    return [m for m in sent if "wrote" in str(m.get("text")) and stands(world.telegram, int(m["message_id"]))]


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


def says_and_is_caught(world: World) -> None:
    """Eve spams and Ann says so, before anything is done at Telegram."""
    message = world.telegram.say(GROUP, EVE, "buy now")
    world.hear()
    world.judge()
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.hear()


@pytest.mark.parametrize(("removes", "is_posted"), [("message", True), ("chat", False)])
def test_what_waits_to_be_posted_again_is_not(world: World, removes: str, is_posted: bool) -> None:
    choose(world, hold_links="yes", spam_removes=removes)
    writes(world, LINK)
    world.telegram.press(ANN, notice(world), "Let it in")
    world.hear()
    says_and_is_caught(world)
    world.settle()
    assert any(LINK in str(message.get("text")) for message in posted(world)) == is_posted


def test_what_is_being_posted_again_at_that_moment_is_deleted_afterwards(world: World) -> None:
    choose(world, hold_links="yes", spam_removes="chat")
    writes(world, LINK)
    world.telegram.press(ANN, notice(world), "Let it in")
    world.hear()
    world.act_while(lambda: says_and_is_caught(world))
    assert any(LINK in str(message.get("text")) for message in posted(world))
    world.settle()
    assert not any(LINK in str(message.get("text")) for message in posted(world))


@pytest.mark.parametrize(("word", "is_learned"), [("/spam", True), ("/ban", False)])
def test_an_order_in_reply_to_what_was_let_in_means_its_author(world: World, word: str, is_learned: bool) -> None:
    choose(world, hold_links="yes")
    copy = let_in(world)
    world.telegram.reply(GROUP, ANN, copy, word)
    world.settle()
    assert not stands(world.telegram, copy)
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert bool(given.learned(world.engine)) is is_learned


def test_a_sticker_that_was_let_in_goes_with_its_author_too(world: World) -> None:
    choose(world, wordless="hold")
    writes(world, None, sticker={"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, **STICKER})
    press(world, "Let it in")
    copy = int(world.telegram.sent_to(GROUP)[-1]["message_id"])
    world.telegram.reply(GROUP, ANN, copy, "/ban")
    world.settle()
    assert not stands(world.telegram, copy)
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_what_else_the_bot_wrote_is_still_nobodys(world: World) -> None:
    choose(world, hold_links="yes")
    let_in(world)
    world.telegram.say(GROUP, ANN, "/rules")
    world.settle()
    world.telegram.reply(GROUP, ANN, int(world.telegram.sent_to(GROUP)[-1]["message_id"]), "/spam")
    world.settle()
    assert "I wrote that myself" in str(world.telegram.sent_to(GROUP)[-1]["text"])
    assert world.telegram.status(GROUP, EVE) == "member"
