"""A chat that wants quiet nights: notices wait for one digest in the morning; what cannot wait comes at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from storage.access import chats
from storage.models import Action, ActionKind, ActionState, Mode, now
from storage.nights import EAST, OFFSETS
from storage.session import reading, transaction
from tests.bot.stories import ANN, EVE, GROUP, MAX, last_alert, notices
from tests.bot.world import World
from tests.telegram_server import user


def choose(world: World, **choices: str) -> None:
    with transaction(world.engine) as session:
        for what, value in choices.items():
            chats.choose(session, world.chat(GROUP).id, what, value)


def at_two_in_the_night(world: World, mode: Mode = Mode.TRAINING) -> None:
    """The group is where it is two o'clock, and its nights are from 22 to 7."""
    hours = (2 - now().hour) % 24
    zones = {hours: word for word, hours in OFFSETS.items()}
    world.telegram.say(GROUP, ANN, "good night")
    world.settle()
    world.mode(mode)
    choose(world, quiet_night="22to7", time_zone=zones[hours if hours <= EAST else hours - 24])


def write(world: World, *texts: str, who: dict[str, Any] = EVE) -> None:
    for text in texts:
        world.telegram.say(GROUP, who, text)
    world.settle()


def morning(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(update(Action).where(Action.state == ActionState.PENDING).values(not_before=now()))
    world.settle()


def texts(world: World) -> list[str]:
    return [str(message["text"]) for message in world.telegram.sent_to(GROUP)]


def waiting(world: World) -> list[Action]:
    with reading(world.engine) as session:
        digests = select(Action).where(Action.kind == ActionKind.DIGEST, Action.state == ActionState.PENDING)
        return list(session.scalars(digests))


def test_nights_notices_are_one_message_in_the_morning(world: World) -> None:
    at_two_in_the_night(world)
    write(world, "buy one", "buy two")
    write(world, "buy three", who=MAX)
    assert texts(world) == []
    morning(world)
    [digest] = world.telegram.sent_to(GROUP)
    assert "Last night 3 messages were flagged in Gardeners" in digest["text"]
    world.telegram.press(ANN, digest, "All of them are spam")
    world.settle()
    assert all("buy" not in str(m.get("text")) for m in world.telegram.messages.values() if m["chat"]["id"] == GROUP)


def test_a_russian_group_is_wished_a_good_morning_in_russian(world: World) -> None:
    at_two_in_the_night(world)
    choose(world, language="ru")
    write(world, "buy one", "buy two")
    morning(world)
    assert texts(world) == ["Доброе утро. Ночью в Gardeners отмечено 2 сообщения; страница проверки покажет каждое."]


def test_what_is_done_automatically_is_done_at_night_and_told_in_the_morning(world: World) -> None:
    at_two_in_the_night(world, Mode.SOFT)
    write(world, "buy one", "maybe two")
    assert "buy one" not in [m.get("text") for m in world.telegram.messages.values()]
    assert texts(world) == []
    morning(world)
    assert "flagged in Gardeners; the review page shows each. Deleted automatically: 1." in texts(world)[0]


def test_what_was_decided_at_night_is_not_told_again(world: World) -> None:
    at_two_in_the_night(world)
    message = world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.settle()
    morning(world)
    assert texts(world) == []


def test_a_digest_shows_its_messages_a_few_at_a_time(world: World) -> None:
    at_two_in_the_night(world)
    write(world, *[f"buy {n}" for n in range(7)])
    morning(world)
    [digest] = world.telegram.sent_to(GROUP)
    shown = []
    for _press in range(3):
        world.telegram.press(ANN, digest, "Show some of them")
        world.settle()
        shown.append((len(notices(world.telegram)), last_alert(world)))
    assert shown == [(5, "Notices to come: 5"), (7, "Notices to come: 2"), (7, "Each has been shown or decided.")]


def test_a_member_is_shown_nothing(world: World) -> None:
    at_two_in_the_night(world)
    write(world, "buy now")
    morning(world)
    world.telegram.press(MAX, world.telegram.sent_to(GROUP)[0], "Show some of them")
    world.settle()
    assert notices(world.telegram) == []


def test_an_appeal_comes_at_once(world: World) -> None:
    at_two_in_the_night(world, Mode.SOFT)
    write(world, "buy now")
    world.telegram.whisper(EVE, "/appeal I only sell apples")
    world.settle()
    assert "Appeal: I only sell apples" in notices(world.telegram)[0]["text"]


def test_the_next_day_each_flag_has_its_notice_again(world: World) -> None:
    at_two_in_the_night(world)
    write(world, "buy one")
    morning(world)
    choose(world, quiet_night="off")
    write(world, "buy two", who=user(19, "Zoe"))
    assert [notice["text"].endswith("buy two") for notice in notices(world.telegram)] == [True]


def test_once_the_chat_wants_no_quiet_night_the_digest_waits_no_longer(world: World) -> None:
    at_two_in_the_night(world)
    write(world, "buy one")
    [before] = waiting(world)
    choose(world, quiet_night="off")
    write(world, "buy two", who=MAX)
    [after] = waiting(world)
    assert after.id == before.id
    assert (after.not_before - now()).total_seconds() <= 300 < (before.not_before - now()).total_seconds()


def test_a_digest_of_nothing_keeps_what_earlier_ones_stood_for(world: World) -> None:
    at_two_in_the_night(world)
    write(world, "buy one")
    morning(world)
    message = world.telegram.say(GROUP, MAX, "buy two")
    world.settle()
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.settle()
    morning(world)
    write(world, "buy three", who=user(19, "Zoe"))
    morning(world)
    assert ["Last night 1 message was" in text for text in texts(world)] == [True, True]


def test_the_night_and_the_time_zone_are_chosen_with_buttons(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    for label in (
        "More settings",
        "Notices wait for the morning",
        "from 22:00 to 7:00",
        "Time zone",
        "Kathmandu (UTC+5:45)",
    ):
        world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], label)
        world.settle()
    chosen = world.chat(GROUP).chosen
    assert (chosen.quiet_night, chosen.time_zone) == ("22to7", "Asia/Kathmandu")
    assert "Time zone: Kathmandu (UTC+5:45)" in texts(world)[-1]


def test_an_offset_that_was_chosen_before_stays_and_is_not_offered(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    choose(world, time_zone="minus3")
    for label, shown in (("More settings", "Time zone: UTC−3"), ("Time zone", "Time zone")):
        world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], label)
        world.settle()
        assert shown in texts(world)[-1]
    keyboard = str(world.telegram.sent_to(GROUP)[-1]["reply_markup"])
    assert "minus" not in keyboard
    assert "America/Sao_Paulo" in keyboard
