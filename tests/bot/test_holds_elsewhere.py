"""Held messages of groups that become supergroups, and in them names that advertise."""

from __future__ import annotations

import pytest

from storage.models import HoldState
from tests.bot.hold_stories import LINK, choose, holds, notice, press, writes
from tests.bot.stories import GROUP, MODERATORS, NEW, linked, strangers
from tests.bot.world import World
from tests.telegram_server import Refused, user


def test_what_was_held_before_a_group_moved_is_let_in_where_it_is_now(world: World) -> None:
    linked(world)
    choose(world, hold_links="yes")
    message = writes(world, LINK)
    shown = notice(world, MODERATORS)
    world.telegram.upgrade(GROUP, NEW)
    world.settle()
    strangers(world, message + 1)
    press(world, "Let it in", shown=shown)
    assert world.telegram.sent_to(NEW)[-1]["text"] == f"Eve <b>bold</b> wrote:\n{LINK}"
    assert holds(world) == [HoldState.RELEASED]


def test_a_notice_in_a_chat_that_moved_is_posted_anew_with_the_decision(world: World) -> None:
    linked(world)
    choose(world, hold_links="yes")
    writes(world, LINK)
    shown = notice(world, MODERATORS)
    world.telegram.upgrade(MODERATORS, NEW)
    world.settle()
    press(world, "Refuse", shown=shown)
    assert str(world.telegram.sent_to(NEW)[-1]["text"]).endswith("✓ Ann: refused")


@pytest.mark.parametrize("text", [LINK, None], ids=["words", "a picture"])
def test_a_name_that_advertises_is_not_repeated_where_all_can_read(world: World, text: str | None) -> None:
    world.telegram.pictures.add("rose")
    choose(world, hold_links="yes", wordless="hold")
    photo = [{"file_id": "rose", "file_unique_id": "rose", "width": 1, "height": 1}]
    seller = user(21, "Roses at t.me/roses")
    writes(world, text, seller, **({} if text else {"photo": photo}))
    assert "t.me" not in notice(world)["text"]
    assert "A member" in notice(world)["text"]
    assert world.telegram.called("sendPhoto") == [], "the group is not shown what is held"
    press(world, "Let it in")
    restored = world.telegram.sent_to(GROUP)[-1]
    assert (restored.get("text") or restored["caption"]) == (f"A member wrote:\n{LINK}" if text else "From a member")


def test_moderators_are_told_where_the_bot_may_not_post_it_again(world: World) -> None:
    linked(world)
    choose(world, hold_links="yes", language="ru")
    writes(world, LINK)
    world.telegram.fail_next("sendMessage", Refused(400, "Bad Request: not enough rights to send text messages"))
    press(world, "Пропустить", shown=notice(world, MODERATORS))
    assert "не вышло (пропущено)" in world.telegram.sent_to(MODERATORS)[-1]["text"]
