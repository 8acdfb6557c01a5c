"""Groups that share bans: spam confirmed in one gets its author banned in all, and "Not spam" lifts all of it."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, MAX, OTHER, notices
from tests.bot.world import World

pytestmark = pytest.mark.stories

THIRD = -1005


def groups(world: World, *sharing: int, **choices: Any) -> None:
    """Three groups, of which these share bans."""
    world.telegram.add_group(THIRD, "Bakers")
    world.telegram.join(THIRD, ANN, "administrator", can_delete_messages=True, can_restrict_members=True)
    for who in (MAX, EVE):
        world.telegram.join(THIRD, who)
    for group in (GROUP, OTHER, THIRD):
        world.telegram.say(group, ANN, "welcome")
    world.settle()
    world.mode(Mode.TRAINING)
    with transaction(world.engine) as session:
        for group in sharing:
            chats.choose(session, chats.on_telegram(session, group).id, "shares_bans", "yes")
        for field, value in choices.items():
            chats.choose(session, chats.on_telegram(session, GROUP).id, field, value)


def spams(world: World, who: dict[str, Any] = EVE) -> None:
    world.telegram.say(GROUP, who, "buy now")
    world.settle()


def press(world: World, button: str, who: dict[str, Any] = ANN) -> None:
    world.telegram.press(who, notices(world.telegram)[-1], button)
    world.settle()


def banned_in(world: World, who: dict[str, Any] = EVE) -> list[int]:
    return [group for group in (GROUP, OTHER, THIRD) if world.telegram.status(group, who) == "kicked"]


def test_a_spammer_is_banned_in_every_group_that_shares_and_not_spam_lifts_all_of_it(world: World) -> None:
    groups(world, GROUP, OTHER)
    spams(world)
    press(world, "Spam")
    assert banned_in(world) == [GROUP, OTHER]
    assert "banned in 1 other group" in notices(world.telegram)[-1]["text"]
    press(world, "Not spam")
    assert banned_in(world) == []
    assert "other group" not in notices(world.telegram)[-1]["text"]
    press(world, "Spam")
    assert banned_in(world) == [GROUP, OTHER]


def test_the_notice_counts_the_groups_in_its_language(world: World) -> None:
    groups(world, GROUP, OTHER, THIRD)
    spams(world)
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, "language", "ru")
    press(world, "Spam")
    text = [m for m in world.telegram.sent_to(GROUP) if "why:" in str(m.get("reply_markup", ""))][-1]["text"]
    assert "забанен ещё в 2 группах" in text


@pytest.mark.parametrize("sharing", [(GROUP,), (OTHER,), ()], ids=["only here", "only there", "nowhere"])
def test_it_takes_two_groups_that_chose_it(world: World, sharing: tuple[int, ...]) -> None:
    groups(world, *sharing)
    spams(world)
    press(world, "Spam")
    assert banned_in(world) == [GROUP]


def test_an_administrator_of_another_group_is_no_spammer_there_and_nobody_is_bothered(world: World) -> None:
    groups(world, GROUP, OTHER)
    world.telegram.join(OTHER, MAX, "administrator", can_delete_messages=True)
    spams(world, MAX)
    before = len(world.telegram.sent_to(OTHER))
    press(world, "Spam")
    assert banned_in(world, MAX) == [GROUP]
    assert len(world.telegram.sent_to(OTHER)) == before


def test_a_hijacked_regular_stays_where_they_are_in_good_standing(world: World) -> None:
    groups(world, GROUP, OTHER, THIRD)
    for number in range(5):
        world.telegram.say(OTHER, EVE, f"the roses want water today {number}")
    world.settle()
    spams(world)
    press(world, "Spam")
    assert banned_in(world) == [GROUP, THIRD]


def test_a_second_spam_keeps_what_the_first_no_longer_does(world: World) -> None:
    groups(world, GROUP, OTHER)
    spams(world)
    world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    first, second = notices(world.telegram)
    for notice in (first, second):
        world.telegram.press(ANN, notice, "Spam")
        world.settle()
    world.telegram.press(ANN, first, "Not spam")
    world.settle()
    assert banned_in(world) == [GROUP, OTHER]
    world.telegram.press(ANN, second, "Not spam")
    world.settle()
    assert banned_in(world) == []


def test_a_ban_by_hand_elsewhere_outlasts_the_shared_one(world: World) -> None:
    groups(world, GROUP, OTHER)
    spams(world)
    world.telegram._members[OTHER, EVE["id"]] = {"user": EVE, "status": "kicked", "until_date": 0}
    press(world, "Spam")
    press(world, "Not spam")
    assert banned_in(world) == [OTHER]
