"""A newcomer's picture, video or the like without words: held or shown to the moderators, where the chat wants that."""

from __future__ import annotations

import pytest

from storage.models import HoldState, Message, MessageState, Verdict
from tests.bot.hold_stories import choose, holds, last_text, notice, press, writes
from tests.bot.stories import BOB, EVE, GROUP, last_alert, photo, stands
from tests.bot.test_media import of_kind
from tests.bot.world import World
from tests.storage import given


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "sticker"])
def test_a_wordless_medium_is_held_and_restored_where_the_chat_wants_that(world: World, kind: str) -> None:
    world.telegram.pictures.add("it")
    choose(world, wordless="hold")
    assert not stands(world.telegram, writes(world, None, **of_kind(kind, "it")))
    assert given.values(world.engine, Verdict.id) == []
    press(world, "Let it in")
    restored = world.telegram.sent_to(GROUP)[-1]
    assert (restored[kind][0] if kind == "photo" else restored[kind])["file_id"] == "it"
    assert given.values(world.engine, Message.state) == [MessageState.NOTHING_TO_JUDGE]


def test_what_cannot_be_posted_again_is_at_least_told(world: World) -> None:
    choose(world, wordless="hold")
    writes(world, None, story={"id": 1, "chat": {"id": EVE["id"], "type": "private"}})
    press(world, "Let it in")
    assert last_text(world) == "A moderator let in a member's message that I cannot post again myself."


def test_a_wordless_medium_may_be_shown_and_deleted_by_a_moderator(world: World) -> None:
    choose(world, wordless="notice")
    message = writes(world, None, photo=[photo("rose")])
    assert stands(world.telegram, message)
    press(world, "Delete and ban")
    assert not stands(world.telegram, message)
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert holds(world) == [HoldState.REFUSED]


def test_a_wordless_medium_may_be_shown_and_left(world: World) -> None:
    choose(world, wordless="notice")
    message = writes(world, None, photo=[photo("rose")])
    shown = notice(world)
    press(world, "Leave it", shown=shown)
    press(world, "Delete and ban", BOB, shown)
    assert last_alert(world) == "Ann has let it in already."
    assert stands(world.telegram, message)
    assert world.telegram.status(GROUP, EVE) == "member"


def test_forgetting_erases_which_file_it_was(world: World) -> None:
    choose(world, wordless="hold")
    for kind in ("photo", "video"):
        writes(world, None, **of_kind(kind, "it"))
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert given.values(world.engine, Message.picture_id) == [None, None]
    assert given.values(world.engine, Message.attachment) == [None, None]
