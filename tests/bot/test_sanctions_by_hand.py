"""A sanction is what Telegram says it is: what people did by hand stays, and notices claim nothing that is not so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.models import Action, Mode, now
from tests.bot.sanction_stories import LATER, TEXTS_ONLY, all_due, by_hand, member, notice_text, over, press
from tests.bot.stories import ANN, EVE, GROUP, spam
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


@pytest.mark.parametrize("button", ["Spam", "Not spam"])
def test_a_ban_for_good_stays_one_whatever_button_is_pressed_under_another_message(world: World, button: str) -> None:
    first = spam(world, Mode.TRAINING)
    world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    world.telegram.reply(GROUP, ANN, first, "/ban for good")
    world.settle()
    press(world, button, which=1)
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)


def test_a_ban_for_good_that_failed_is_tried_again_for_good(world: World) -> None:
    first = spam(world, Mode.TRAINING)
    world.telegram.join(GROUP, EVE, "administrator")
    world.telegram.reply(GROUP, ANN, first, "/ban for good")
    world.settle()
    assert "who is an administrator" in notice_text(world)
    world.telegram.join(GROUP, EVE)
    press(world, "Spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)


@pytest.mark.parametrize("until", [0, LATER], ids=["for good", "until later"])
def test_a_ban_by_hand_is_neither_shortened_nor_lifted(world: World, until: int) -> None:
    spam(world, Mode.TRAINING)
    by_hand(world, status="kicked", until_date=until)
    press(world, "Spam")
    assert member(world)["until_date"] == until
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", until)
    assert "what was done by hand stays in place" in notice_text(world)
    assert "unbanned" not in notice_text(world)


def test_a_shorter_ban_by_hand_comes_back_with_the_undo(world: World) -> None:
    spam(world, Mode.TRAINING)
    tomorrow = int((now() + timedelta(days=1)).timestamp())
    by_hand(world, status="kicked", until_date=tomorrow)
    press(world, "Spam")
    assert member(world)["until_date"] > tomorrow
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", tomorrow)


def test_a_ban_by_hand_after_hamlets_is_not_lifted(world: World) -> None:
    spam(world, Mode.ENFORCE)
    by_hand(world, status="kicked", until_date=0)
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert "banned for good" in notice_text(world)


def test_a_restriction_by_hand_comes_back_with_the_undo(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=LATER)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert not member(world)["can_send_messages"]
    assert member(world)["until_date"] == LATER, "it ends no sooner than the one by hand"
    press(world, "Not spam")
    assert (member(world)["can_send_messages"], member(world)["can_send_photos"]) == (True, False)
    assert member(world)["until_date"] == LATER


def test_a_restriction_by_hand_comes_back_when_hamlets_time_is_over(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=0)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert not member(world)["can_send_messages"]
    all_due(world)
    assert (member(world)["status"], member(world)["can_send_messages"]) == ("restricted", True)


def test_a_restriction_by_hand_waits_for_the_last_of_hamlets_mutes(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=0)
    for text in ("buy now", "buy more"):
        world.telegram.say(GROUP, EVE, text)
        world.settle()
    first = min(n for n in given.values(world.engine, Action.verdict_id) if n is not None)
    over(world, Action.verdict_id == first)
    assert not member(world)["can_send_messages"]
    over(world, Action.verdict_id.is_not(None))
    assert (member(world)["status"], member(world)["can_send_messages"]) == ("restricted", True)


def test_a_mute_by_hand_is_not_lifted(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, status="restricted", is_member=True, until_date=0)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("restricted", 0)


def test_soft_mode_makes_no_restriction_of_a_ban(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    by_hand(world, status="kicked", until_date=0)
    world.settle()
    assert member(world)["status"] == "kicked"
    assert "banned for good" in notice_text(world)


def test_somebody_who_was_let_go_by_hand_is_said_to_be_free(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.join(GROUP, EVE, "left")
    with world.telegram.world():
        changed = {
            "old_chat_member": {"user": EVE, "status": "kicked", "until_date": 0},
            "new_chat_member": member(world),
        }
        about = {"chat": {"id": GROUP, "type": "supergroup", "title": "Gardeners"}, "from": ANN}
        world.telegram._tell({"chat_member": about | changed | {"date": int(now().timestamp())}})
    world.settle()
    assert "the ban is over" in notice_text(world)
