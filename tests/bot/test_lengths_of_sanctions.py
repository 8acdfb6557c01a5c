"""Bans and mutes of a length, their lifting, and what warnings lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.models import ActionKind, Mode, Order, now
from tests.bot.member_stories import ROSE, banned_until, chooses, group_with, ordered, settled
from tests.bot.sanction_stories import LATER, by_hand, member
from tests.bot.stories import ANN, EVE, GROUP, MODERATORS, linked, notices, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_a_mute_leaves_the_message_and_lasts_as_long_as_was_asked(world: World) -> None:
    message_id = group_with(world)
    assert ordered(world, "/mute 2h", to=message_id) == "Noted: Rose (70001) is muted for 2 hours."
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, ROSE) == "restricted"
    until = int(world.telegram.called("restrictChatMember")[-1]["until_date"]) - now().timestamp()
    assert 7_100 < until <= 7_200


@pytest.mark.parametrize(("command", "days"), [("/ban 7d", 7), ("ban 2w", 14), ("/ban 366d", 366), ("/ban", 30)])
def test_a_ban_lasts_as_long_as_was_asked(world: World, command: str, days: int) -> None:
    message_id = group_with(world)
    world.telegram.reply(GROUP, ANN, message_id, command)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, ROSE) == "kicked"
    assert timedelta(days=days, hours=-1) < banned_until(world) <= timedelta(days=days)


def test_the_shortest_mute_is_imposed(world: World) -> None:
    ordered(world, "/mute 1m", to=group_with(world))
    assert world.telegram.status(GROUP, ROSE) == "restricted"


def test_a_length_waits_with_its_order_for_the_verdict(world: World) -> None:
    group_with(world)
    message_id = world.telegram.say(GROUP, ROSE, "hello again")
    world.telegram.reply(GROUP, ANN, message_id, "/ban 7d")
    world.settle()
    assert given.values(world.engine, Order.lasts) == [7 * 86_400]
    assert banned_until(world) < timedelta(days=8)


def test_a_longer_ban_is_not_shortened_and_a_shorter_one_is_made_longer(world: World) -> None:
    message_id = group_with(world)
    ordered(world, "/ban 7d", to=message_id)
    ordered(world, "/ban 70001")
    assert banned_until(world) > timedelta(days=29)
    calls = len(world.telegram.called("banChatMember"))
    ordered(world, "/ban 70001 1d")
    assert len(world.telegram.called("banChatMember")) == calls


def test_a_wrong_length_is_refused_with_the_way_to_write_it(world: World) -> None:
    message_id = group_with(world)
    answer = ordered(world, "/mute 2x", to=message_id)
    assert answer == "/mute 2x: write a number and m, h, d or w, as in 30m or 7d."
    assert "Telegram keeps no longer end" in ordered(world, "/ban @rose_k 400d")
    assert world.telegram.status(GROUP, ROSE) == "member"


def test_a_ban_by_name_is_of_the_member_alone(world: World) -> None:
    message_id = group_with(world)
    assert ordered(world, "/ban @rose_k 3d") == "Noted: Rose (70001) is banned for 3 days."
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, ROSE) == "kicked"


def test_a_chat_chooses_how_long_bans_last(world: World) -> None:
    message_id = group_with(world)
    chooses(world, ban_days=7)
    ordered(world, "/spam", to=message_id)
    assert timedelta(days=6) < banned_until(world) <= timedelta(days=7)
    chooses(world, ban_days=0)
    spam(world, Mode.ENFORCE)
    assert "until_date" not in world.telegram.called("banChatMember")[-1]


def test_in_a_moderators_chat_a_notice_or_a_name_says_who_is_meant(world: World) -> None:
    group_with(world)
    linked(world)
    settled(world, ROSE, "maybe this")
    notice = notices(world.telegram, MODERATORS)[-1]["message_id"]
    assert "is trusted here" in ordered(world, "/trust", to=notice, chat=MODERATORS)
    assert "muted for 3 hours" in ordered(world, "/mute @rose_k 3h", chat=MODERATORS)
    assert world.telegram.status(GROUP, ROSE) == "restricted"
    assert "I am lifting" in ordered(world, "/unban 70001", chat=MODERATORS)
    assert world.telegram.status(GROUP, ROSE) == "member"


# Lifting


def test_unban_lifts_what_verdicts_and_orders_asked_for(world: World) -> None:
    message_id = group_with(world, Mode.ENFORCE)
    settled(world, ROSE, "buy now")
    ordered(world, "/ban 70001 for good")
    ordered(world, "/ban 7d", to=message_id)
    assert world.telegram.status(GROUP, ROSE) == "kicked"
    assert "I am lifting what I imposed on Rose (70001)" in ordered(world, "/unban @rose_k")
    assert world.telegram.status(GROUP, ROSE) == "left"
    assert "There is no ban or mute of mine on Rose" in ordered(world, "/unban @rose_k")


def test_unban_leaves_what_was_done_by_hand(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    by_hand(world, status="kicked", until_date=LATER)
    assert "what was done by hand in Telegram is lifted there" in ordered(world, "/unban", to=message_id)
    assert member(world)["status"] == "kicked"


def test_a_ban_that_was_lifted_is_not_made_again_when_the_member_returns(world: World) -> None:
    group_with(world)
    ordered(world, "/mute 70001 7d")
    ordered(world, "/unban 70001")
    world.telegram.arrive(GROUP, ROSE)
    world.settle()
    assert world.telegram.status(GROUP, ROSE) == "member"
    assert given.kinds(world.engine).count(ActionKind.RESTRICT) == 1


# Warnings


def test_warnings_lead_to_a_mute_and_then_to_a_ban(world: World) -> None:
    group_with(world)
    chooses(world, warnings_mute=2, warnings_ban=3)
    answers = [ordered(world, "/warn", to=settled(world, ROSE, f"rude words {n}")) for n in range(3)]
    assert answers[0].endswith("not welcome here. This is warning 1 of 3.")
    assert answers[1].endswith("This is warning 2 of 3: its author is muted for a day.")
    assert answers[2].endswith("This is warning 3 of 3: its author is banned.")
    assert world.telegram.called("restrictChatMember")
    assert world.telegram.status(GROUP, ROSE) == "kicked"


def test_where_nobody_counts_warnings_they_lead_to_nothing(world: World) -> None:
    group_with(world)
    for number in range(4):
        answer = ordered(world, "/warn", to=settled(world, EVE, f"rude words {number}"))
    assert answer.endswith("not welcome here.")
    assert world.telegram.status(GROUP, EVE) == "member"


def test_a_russian_group_is_answered_in_russian(world: World) -> None:
    message_id = group_with(world)
    chooses(world, language="ru", warnings_ban=3)
    assert ordered(world, "/mute 2ч", to=message_id) == "Принято: Rose (70001) не пишет здесь 2 часа."
    assert ordered(world, "/warn", to=message_id).endswith("Это предупреждение 1 из 3.")
