"""What newcomers bring beside words is held until a moderator lets it in, where the chat wants that."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Action, ActionKind, HoldState, Message, MessageState, Mode
from tests.bot.hold_stories import LINK, choose, holds, last_text, notice, press, writes
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, MODERATORS, last_alert, linked, photo, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT


def test_by_default_nothing_is_held(world: World) -> None:
    choose(world)
    assert stands(world.telegram, writes(world, LINK))
    assert holds(world) == []


def test_a_newcomers_link_is_held_and_let_in_once(world: World) -> None:
    choose(world, hold_links="yes")
    message = writes(world, LINK)
    assert not stands(world.telegram, message)
    assert given.values(world.engine, Message.state) == [MessageState.HELD]
    shown = notice(world)
    assert "Held in Gardeners: a newcomer's message (a link)" in shown["text"]
    assert LINK in shown["text"]
    press(world, "Let it in", shown=shown)
    assert last_text(world) == f"Eve <b>bold</b> wrote:\n{LINK}"
    assert given.values(world.engine, Message.state) == [MessageState.HAM]
    press(world, "Refuse", BOB, shown)
    assert last_alert(world) == "Ann has let it in already."
    assert holds(world) == [HoldState.RELEASED]
    assert given.kinds(world.engine).count(ActionKind.RESTORE) == 1
    assert "Ann: let in" in world.telegram.messages[GROUP, shown["message_id"]]["text"]


def test_what_is_refused_stays_away(world: World) -> None:
    choose(world, hold_links="yes", language="ru")
    message = writes(world, LINK)
    assert "Задержано в Gardeners" in notice(world)["text"]
    press(world, "Не пропускать")
    assert not stands(world.telegram, message)
    assert last_alert(world) == "Принято: не пропущено."
    assert ActionKind.RESTORE not in given.kinds(world.engine)


def test_a_member_decides_nothing(world: World) -> None:
    choose(world, hold_links="yes")
    writes(world, LINK)
    press(world, "Let it in", MAX)
    assert last_alert(world) == "Only moderators of that group can decide this."
    assert holds(world) == [HoldState.HELD]


def test_members_with_enough_clean_messages_are_not_held(world: World) -> None:
    choose(world, hold_links="yes", hold_below="3")
    for text in ("my roses want water", "my tulips want sun", "my garden wants rain"):
        writes(world, text)
    assert stands(world.telegram, writes(world, LINK))


def test_what_is_held_earns_nothing_until_it_is_let_in(world: World) -> None:
    choose(world, hold_links="yes", hold_below="1")
    writes(world, LINK)
    assert not stands(world.telegram, writes(world, f"again: {LINK}"))
    press(world, "Let it in")
    assert stands(world.telegram, writes(world, f"once more: {LINK}"))


def test_a_flag_comes_before_a_hold(world: World) -> None:
    choose(world, hold_links="yes")
    message = writes(world, f"buy now: {LINK}")
    assert stands(world.telegram, message)
    assert holds(world) == []


@pytest.mark.parametrize(
    ("choice", "content"),
    [
        ("hold_forwards", {"forward_origin": {"type": "user", "date": 1_735_732_700, "sender_user": MAX}}),
        ("hold_bot_mentions", {"text": "ask @roses_bot about it"}),
        ("hold_pictures", {"text": None, "caption": "my roses", "photo": [photo("rose")]}),
    ],
    ids=["forward", "bot mention", "picture"],
)
def test_each_kind_is_held_where_it_is_chosen(world: World, choice: str, content: dict[str, Any]) -> None:
    choose(world, **{choice: "yes"})
    assert not stands(world.telegram, writes(world, **{"text": "good morning"} | content))
    choose(world, **{choice: "no"})
    assert stands(world.telegram, writes(world, **{"text": "good morning"} | content))


def test_links_that_the_chats_rules_allow_are_not_held(world: World) -> None:
    choose(world, hold_links="yes")
    writes(world, "/allow roses.example", ANN)
    assert stands(world.telegram, writes(world, f"@max {LINK}"))
    assert not stands(world.telegram, writes(world, f"{LINK} and https://tulips.example"))


def test_a_picture_is_shown_and_let_in_by_its_file(world: World) -> None:
    world.telegram.pictures.add("rose")
    linked(world)
    choose(world, hold_pictures="yes")
    writes(world, None, caption="my roses", photo=[photo("rose")], message_thread_id=7, is_topic_message=True)
    shown = notice(world, MODERATORS)
    assert shown["photo"][0]["file_id"] == "rose"
    assert str(shown["has_spoiler"]).lower() == "true"
    press(world, "Let it in", shown=shown)
    restored = world.telegram.sent_to(GROUP)[-1]
    assert restored["photo"][0]["file_id"] == "rose"
    assert restored["caption"] == "Eve <b>bold</b> wrote:\nmy roses"
    assert str(restored["message_thread_id"]) == "7"


def test_an_album_has_one_notice_and_one_decision(world: World) -> None:
    world.telegram.pictures |= {"rose", "tulip"}
    choose(world, hold_pictures="yes")
    parts = [
        world.telegram.say(GROUP, EVE, None, caption="my garden", media_group_id="a", photo=[photo("rose")]),
        world.telegram.say(GROUP, EVE, None, media_group_id="a", photo=[photo("tulip")]),
    ]
    world.settle()
    assert not any(stands(world.telegram, part) for part in parts)
    assert given.kinds(world.engine).count(ActionKind.HOLD) == 1
    press(world, "Let it in")
    assert [m["photo"][0]["file_id"] for m in world.telegram.sent_to(GROUP)[-2:]] == ["rose", "tulip"]


def test_where_hamlet_observes_nothing_is_deleted(world: World) -> None:
    choose(world, hold_links="yes")
    world.mode(Mode.OBSERVE)
    message = writes(world, LINK)
    assert stands(world.telegram, message)
    assert "A newcomer's message in Gardeners" in notice(world)["text"]


def test_where_hamlet_is_paused_nothing_is_held(world: World) -> None:
    choose(world, hold_links="yes")
    writes(world, "/pause", ANN)
    assert stands(world.telegram, writes(world, LINK))
    assert holds(world) == []


def test_moderators_are_told_where_the_bot_may_not_delete_and_nothing_is_posted_twice(world: World) -> None:
    choose(world, hold_links="yes")
    world.telegram.join(GROUP, BOT, "administrator", can_restrict_members=True)
    assert stands(world.telegram, writes(world, LINK))
    assert "could not be deleted" in " ".join(str(m.get("text")) for m in world.telegram.sent_to(GROUP))
    press(world, "Let it in")
    assert ActionKind.RESTORE not in given.values(world.engine, Action.kind)


def test_a_link_that_an_edit_brings_is_held(world: World) -> None:
    choose(world, hold_links="yes")
    message = writes(world, "my roses are in bloom")
    world.telegram.edit(GROUP, message, LINK)
    world.settle()
    assert not stands(world.telegram, message)
    assert LINK in notice(world)["text"]


def test_a_flood_of_held_messages_makes_few_notices(world: World) -> None:
    choose(world, hold_links="yes")
    for number in range(13):
        world.telegram.say(GROUP, EVE, f"{LINK} {number}")
    world.settle()
    assert given.kinds(world.engine).count(ActionKind.HOLD) == 10
    assert len(holds(world)) == 13
    assert "the review page shows all of them" in " ".join(str(m.get("text")) for m in world.telegram.sent_to(GROUP))


def test_forgetting_erases_what_a_hold_shows(world: World) -> None:
    choose(world, hold_links="yes")
    for text in (LINK, f"again: {LINK}"):
        writes(world, text)
    open_notice = world.telegram.sent_to(GROUP)[-2]
    press(world, "Let it in")
    restored = world.telegram.sent_to(GROUP)[-1]
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    left = [number for chat, number in world.telegram.messages if chat == GROUP]
    assert open_notice["message_id"] not in left
    assert restored["message_id"] not in left
    assert holds(world) == []
    press(world, "Let it in", shown=open_notice)
    assert last_alert(world) == "I no longer know the message this button belongs to."
