"""Where a group wants it, a flood of newcomers' messages is one case: one notice, one press."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import chats
from storage.models import Action, Correction, Mode
from storage.session import transaction
from tests.bot.stories import ANN, GROUP, MAX, last_alert, notices, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories

NEWCOMERS = [user(100 + number, f"Newcomer {number}") for number in range(4)]
INVITATION = "join our garden of wonders at 7 pm"


def group(world: World, **choices: Any) -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    chat_id = world.chat(GROUP).id
    with transaction(world.engine) as session:
        for field, value in {"mode": Mode.TRAINING, "floods": "yes", **choices}.items():
            chats.choose(session, chat_id, field, value)
    for who in NEWCOMERS:
        world.telegram.join(GROUP, who)
    given.joined(world.engine, *(who["id"] for who in NEWCOMERS), chat_external_id=GROUP)


def flood(world: World, text: str = INVITATION) -> list[int]:
    """The same words from each newcomer, with another number each time."""
    return [world.telegram.say(GROUP, who, f"{text} {number}") for number, who in enumerate(NEWCOMERS)]


def case(world: World) -> dict[str, Any]:
    """The one notice of a flood."""
    (notice,) = [m for m in world.telegram.sent_to(GROUP) if "case:" in str(m.get("reply_markup", ""))]
    return dict(notice)


def later(world: World) -> None:
    given.passed(world.engine, "actions", "not_before")
    world.settle()


def test_the_same_words_from_several_newcomers_are_one_notice_and_one_press(world: World) -> None:
    group(world)
    messages = flood(world)
    bystander = world.telegram.say(GROUP, MAX, "what a lovely day for roses")
    world.settle()
    text = case(world)["text"]
    assert "4 messages that say the same, by 4 newcomers in Gardeners" in text
    assert f"{INVITATION} 0" in text
    assert "Flagged among them: 0." in text
    assert all(stands(world.telegram, message_id) for message_id in messages)
    world.telegram.press(ANN, case(world), "All of them are spam")
    world.settle()
    assert last_alert(world) == "Noted: 4 messages are spam."
    assert not any(stands(world.telegram, message_id) for message_id in messages)
    assert {world.telegram.status(GROUP, who) for who in NEWCOMERS} == {"kicked"}
    assert stands(world.telegram, bystander)
    later(world)
    assert "decided: 4 spam, 0 not spam" in case(world)["text"]


def test_the_notice_no_longer_quotes_who_is_forgotten(world: World) -> None:
    group(world)
    flood(world)
    world.settle()
    assert f"{INVITATION} 0" in case(world)["text"]
    world.telegram.whisper(NEWCOMERS[0], "/forget yes")
    world.settle()
    assert f"{INVITATION} 0" not in case(world)["text"]
    assert f"{INVITATION} 1" in case(world)["text"]


def test_flagged_ones_have_no_notices_of_their_own(world: World) -> None:
    group(world)
    flood(world, "buy coins")
    world.settle()
    assert "Flagged among them: 4." in case(world)["text"]
    assert notices(world.telegram) == []


def test_only_what_is_flagged_is_acted_on_without_a_moderator(world: World) -> None:
    group(world, mode=Mode.SOFT)
    quiet = flood(world)
    world.settle()
    assert all(stands(world.telegram, message_id) for message_id in quiet)
    loud = flood(world, "buy our coins")
    world.settle()
    assert not any(stands(world.telegram, message_id) for message_id in loud)


def test_the_notice_grows_with_the_flood_and_a_changed_mind_is_one_press_too(world: World) -> None:
    group(world)
    flood(world)
    world.settle()
    world.telegram.say(GROUP, NEWCOMERS[0], f"{INVITATION} 9")
    world.settle()
    later(world)
    assert "5 messages that say the same, by 4 newcomers" in case(world)["text"]
    for button in ("All of them are spam", "None of them is spam"):
        world.telegram.press(ANN, case(world), button)
        world.settle()
    later(world)
    assert "decided: 0 spam, 5 not spam" in case(world)["text"]
    assert {world.telegram.status(GROUP, who) for who in NEWCOMERS} & {"kicked"} == set()


def test_many_messages_of_one_newcomer_within_a_minute_are_a_case(world: World) -> None:
    group(world, language="ru")
    for number in range(5):
        world.telegram.say(GROUP, NEWCOMERS[0], f"maybe thing {'abcde'[number] * 9}")
    world.settle()
    assert "Сообщений за минуту от одного новичка в Gardeners: 5" in case(world)["text"]


def test_nobody_but_moderators_decides_a_case(world: World) -> None:
    group(world)
    flood(world)
    world.settle()
    world.telegram.press(MAX, case(world), "All of them are spam")
    world.settle()
    assert given.values(world.engine, Correction.id) == []


def test_without_the_setting_nothing_is_gathered(world: World) -> None:
    group(world, floods="no")
    flood(world, "buy coins")
    world.settle()
    assert len(notices(world.telegram)) == 4
    assert "case" not in given.values(world.engine, Action.kind)
