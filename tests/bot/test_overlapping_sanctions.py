"""Several messages or orders may ask for one sanction: it stands as long as one of them does, and the notices tell so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.models import Action, ActionKind, Mode, now
from storage.session import transaction
from tests.bot.sanction_stories import member, notice_text, press
from tests.bot.stories import ANN, EVE, GROUP, PHOTO, notices, spam, stands
from tests.bot.world import World

pytestmark = pytest.mark.stories


def test_not_spam_lifts_no_ban_that_was_ordered_about_a_picture(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    picture = world.telegram.say(GROUP, EVE, None, photo=[PHOTO])
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    world.telegram.reply(GROUP, ANN, picture, "/ban")
    world.settle()
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"


@pytest.mark.parametrize(
    ("mode", "word", "told"), [(Mode.SOFT, "/ban", "banned"), (Mode.ENFORCE, "/ban for good", "banned for good")]
)
def test_a_notice_tells_what_an_order_about_another_message_made_of_the_sanction(
    world: World, mode: Mode, word: str, told: str
) -> None:
    other = spam(world, mode, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    world.telegram.reply(GROUP, ANN, other, word)
    world.settle()
    assert f" · {told}" in notice_text(world)


def test_an_earlier_notice_of_an_appeal_tells_the_end_of_the_ban_too(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.whisper(EVE, "/appeal it was not me")
    world.settle()
    press(world, "Not spam", which=1)
    assert ["unbanned" in notice_text(world, which) for which in (0, 1)] == [True, True]


@pytest.mark.parametrize("order", ["/ban", "/ban for good"])
def test_not_spam_leaves_the_ban_that_was_ordered_for_a_picture(world: World, order: str) -> None:
    spam(world, Mode.TRAINING)
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    world.telegram.reply(GROUP, ANN, picture, order)
    world.settle()
    press(world, "Spam")
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert (member(world)["until_date"] == 0) == (order == "/ban for good")


def test_a_pardon_leaves_the_ban_for_another_message(world: World) -> None:
    spam(world, Mode.TRAINING)
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    world.telegram.reply(GROUP, ANN, picture, "/ban")
    world.settle()
    world.telegram.whisper(EVE, "/appeal it was art")
    world.settle()
    appeal = next(m for m in world.telegram.sent_to(GROUP) if "Lift the ban" in str(m.get("reply_markup")))
    press(world, "Spam")
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert member(world)["status"] == "kicked"
    press(world, "Not spam")
    assert member(world)["status"] == "left"


@pytest.mark.parametrize("ended", ["by itself", "by hand"])
def test_a_ban_that_ended_keeps_no_later_one_up(world: World, ended: str) -> None:
    spam(world, Mode.TRAINING)
    press(world, "Spam")
    world.telegram.sanction(GROUP, ANN, EVE, "left")
    if ended == "by hand":
        world.settle()
    else:
        with world.telegram.world() as updates:
            updates.pop()  # Telegram tells nobody
            world.telegram._next_update -= 1
        with transaction(world.engine) as session:
            session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() - timedelta(days=1)))
    world.telegram.come_back(GROUP, EVE)
    world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    press(world, "Spam", which=1)
    assert member(world)["status"] == "kicked"
    press(world, "Not spam", which=1)
    assert member(world)["status"] == "left"


def test_a_mute_comes_back_where_the_ban_on_top_of_it_is_undone(world: World) -> None:
    spam(world, Mode.SOFT, text="maybe so")
    press(world, "Spam")
    world.telegram.say(GROUP, EVE, "maybe another thing")
    world.settle()
    world.telegram.say(GROUP, ANN, "/ban", reply_to_message=notices(world.telegram)[1])
    world.settle()
    assert member(world)["status"] == "kicked"
    press(world, "Not spam", which=1)
    world.telegram.come_back(GROUP, EVE)
    world.settle()
    assert (member(world)["status"], "restricted" in notice_text(world)) == ("restricted", True)
    press(world, "Not spam")
    assert member(world)["status"] == "member"


@pytest.mark.parametrize("first", ["/ban", "/ban for good"])
@pytest.mark.parametrize("about", ["words", "a picture"])
def test_a_ban_lasts_as_long_as_the_longest_that_was_not_taken_back(world: World, first: str, about: str) -> None:
    spam(world, Mode.TRAINING)
    content = {} if about == "words" else {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    other = world.telegram.say(GROUP, EVE, "come and see" if about == "words" else None, **content)
    world.settle()
    world.telegram.reply(GROUP, ANN, other, first)
    world.settle()
    world.telegram.say(GROUP, ANN, "/ban for good", reply_to_message=notices(world.telegram)[0])
    world.settle()
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert (member(world)["until_date"] == 0) == (first == "/ban for good")


def test_an_undo_lifts_a_ban_that_was_just_asked_for_anew(world: World) -> None:
    flagged = spam(world, Mode.ENFORCE)
    assert member(world)["status"] == "kicked"
    world.telegram.say(GROUP, ANN, "/ban for good", reply_to_message=notices(world.telegram)[0])
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert member(world)["status"] == "left"
    assert not stands(world.telegram, flagged)
