"""A channel that spams is kept from writing until the last of what it was silenced for is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.models import Action, ActionKind, Mode, now
from storage.moderation import clock
from storage.session import reading, transaction
from tests.bot.sanction_stories import SOMEBODY, all_due, notice_text, over, press
from tests.bot.stories import ANN, CHANNEL, GROUP, MAX, PHOTO, notices, spam
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_a_channel_in_soft_mode_writes_no_more_for_thirty_days(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    assert "· banned" in notice_text(world)
    all_due(world)
    assert world.telegram.banned_channels == set()


def test_not_spam_lets_a_channel_write_again(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    press(world, "Not spam")
    assert world.telegram.banned_channels == set()
    assert "unbanned" in notice_text(world)


@pytest.mark.parametrize("word", ["/ban", "/ban for good"])
@pytest.mark.parametrize("about", ["the same message", "another", "a picture"])
def test_a_channels_release_lifts_no_later_ban_that_lasts_longer(world: World, word: str, about: str) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    if about == "the same message":
        world.telegram.reply(GROUP, ANN, notices(world.telegram)[0]["message_id"], word)
    else:
        other = {"photo": [PHOTO]} if about == "a picture" else {}
        second = world.telegram.say(GROUP, SOMEBODY, None if other else "hi all", sender_chat=CHANNEL, **other)
        world.settle()
        world.telegram.reply(GROUP, ANN, second, word)
    world.settle()
    over(world, Action.kind.in_((ActionKind.RESTRICT, ActionKind.LIFT)))
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    over(world, Action.kind.in_((ActionKind.BAN, ActionKind.UNBAN)))
    is_for_good = word == "/ban for good"
    assert ((GROUP, CHANNEL["id"]) in world.telegram.banned_channels) == is_for_good


def test_a_channel_whose_longer_ban_is_undone_after_the_shorter_is_over_is_let_go(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    for text in ("buy now", "buy more"):
        world.telegram.say(GROUP, SOMEBODY, text, sender_chat=CHANNEL)
        world.settle()
    first = min(n for n in given.values(world.engine, Action.verdict_id) if n is not None)
    over(world, Action.verdict_id == first)
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    press(world, "Not spam", which=1)
    assert world.telegram.banned_channels == set()


@pytest.mark.parametrize("modes", [(Mode.SOFT, Mode.ENFORCE), (Mode.ENFORCE, Mode.SOFT)])
def test_a_channel_is_let_go_with_the_last_of_what_it_was_silenced_for(world: World, modes: tuple[Mode, Mode]) -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    for mode, text in zip(modes, ("buy now", "buy more"), strict=True):
        world.mode(mode)
        world.telegram.say(GROUP, SOMEBODY, text, sender_chat=CHANNEL)
        world.settle()
    press(world, "Not spam", which=0)
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels
    press(world, "Not spam", which=1)
    assert (GROUP, CHANNEL["id"]) not in world.telegram.banned_channels


@pytest.mark.parametrize("clock_was_ahead", [timedelta(), timedelta(days=500)])
def test_a_channels_release_waits_for_its_end_whatever_the_clock_brings_back(
    world: World, clock_was_ahead: timedelta
) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    release = Action.kind == ActionKind.LIFT
    with transaction(world.engine) as session:
        end = session.scalars(select(Action.not_before).where(release)).one() + clock_was_ahead
        session.execute(update(Action).where(release).values(not_before=end))
        clock.bring_back(session)
    world.settle()
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    with reading(world.engine) as session:
        end = session.scalars(select(Action.not_before).where(release)).one()
    assert abs(end - now() - timedelta(days=30)) < timedelta(minutes=1)


def test_a_notice_of_a_channel_that_was_let_go_tells_that_it_is_banned_for_another_message(world: World) -> None:
    spam(world, Mode.SOFT, text="hello", who=MAX)
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    press(world, "Not spam")
    assert "unbanned" in notice_text(world)
    world.mode(Mode.TRAINING)
    world.telegram.say(GROUP, SOMEBODY, "maybe so", sender_chat=CHANNEL)
    world.settle()
    press(world, "Spam", which=1)
    assert ("unbanned" in notice_text(world), "banned" in notice_text(world)) == (False, True)
    press(world, "Not spam", which=1)
    assert ("unbanned" in notice_text(world), "unbanned" in notice_text(world, 1)) == (True, True)


def test_a_channel_that_spams_is_kept_from_writing_and_freed_again(world: World) -> None:
    somebody = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(Mode.ENFORCE)
    world.telegram.say(GROUP, somebody, "buy cheap", sender_chat=CHANNEL)
    world.settle()
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.banned_channels == set()
