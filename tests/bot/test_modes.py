"""Modes that act or do not, decisions under a notice, and who is judged at all."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rights import Administrators
from storage.models import Correction, CorrectionState, Mode
from tests.bot.sanction_stories import member
from tests.bot.stories import (
    ANN,
    BOB,
    CHANNEL,
    EVE,
    GROUP,
    MAX,
    notices,
    spam,
    stands,
)
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given
from tests.telegram_server import Refused

pytestmark = pytest.mark.stories

# Modes


@pytest.mark.parametrize(
    ("mode", "is_gone", "status"),
    [
        (Mode.OBSERVE, False, "member"),
        (Mode.TRAINING, False, "member"),
        (Mode.SOFT, True, "restricted"),
        (Mode.ENFORCE, True, "kicked"),
    ],
)
def test_a_mode_does_by_itself_what_it_says(world: World, mode: Mode, is_gone: bool, status: str) -> None:
    message_id = spam(world, mode)
    assert stands(world.telegram, message_id) is not is_gone
    assert world.telegram.status(GROUP, EVE) == status
    [notice] = notices(world.telegram)
    assert ("deleted" in notice["text"]) is is_gone


@pytest.mark.parametrize("mode", [Mode.SOFT, Mode.ENFORCE])
def test_an_undo_leaves_no_restriction_behind(world: World, mode: Mode) -> None:
    spam(world, mode)
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) in ("member", "left"), "a ban lifted leaves them free to join"
    assert given.values(world.engine, Correction.is_spam) == [False]
    assert "Ann: not spam" in notices(world.telegram)[0]["text"]
    assert "· banned" not in notices(world.telegram)[0]["text"]


def test_a_training_chat_acts_when_a_moderator_confirms(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.press(MAX, notices(world.telegram)[0], "Spam")
    world.settle()
    assert stands(world.telegram, message_id), "Max is no moderator"
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_a_double_click_is_one_correction(world: World) -> None:
    spam(world, Mode.TRAINING)
    for _ in range(3):
        world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert count(world.engine, "corrections") == 1
    assert len(world.telegram.called("banChatMember")) == 1


def test_moderators_who_disagree_see_it_and_nothing_more_is_done(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.hear()
    world.telegram.press(BOB, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert set(given.values(world.engine, Correction.state)) == {CorrectionState.DISPUTED}
    assert "You disagree" in notices(world.telegram)[0]["text"]


def test_moderators_are_never_judged(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, who=ANN)
    assert stands(world.telegram, message_id)
    assert world.texts_stored() == []


def test_who_stops_being_a_moderator_is_judged_again(world: World) -> None:
    spam(world, Mode.ENFORCE, who=ANN)
    world.telegram.demote(GROUP, ANN)
    world.telegram.say(GROUP, ANN, "buy now")
    world.settle()
    assert world.texts_stored() == ["buy now"]


ASKED = ("getChatAdministrators", "getChatMember")
AWAY = (Refused(502, "Bad Gateway"), Refused(400, "Bad Request: CHAT_ADMIN_REQUIRED"))
TOO_MANY = Refused(429, "Too Many Requests: retry after 9", retry_after=9)


def forgotten(world: World) -> None:
    """The bot has not asked yet who speaks for the groups, as after a start."""
    spam(world, Mode.ENFORCE, who=ANN, text="hello")
    world.bot.bot_data["administrators"] = Administrators()


@pytest.mark.parametrize("error", AWAY)
@pytest.mark.parametrize("who", [ANN, EVE])
def test_where_telegram_does_not_say_who_administrates_nobody_is_judged_until_it_does(
    world: World, who: dict[str, Any], error: Refused
) -> None:
    forgotten(world)
    for method in ASKED:
        world.telegram.fail_next(method, error)
    message_id = world.telegram.say(GROUP, who, "buy now")
    world.settle()
    assert stands(world.telegram, message_id)
    assert world.texts_stored() == []
    world.restart()
    world.settle()
    assert world.texts_stored() == ([] if who == ANN else ["buy now"])
    assert stands(world.telegram, message_id) == (who == ANN)


@pytest.mark.parametrize("error", [*AWAY, TOO_MANY])
def test_the_linked_channel_is_not_judged_where_telegram_did_not_say_that_it_is(world: World, error: Refused) -> None:
    forgotten(world)
    world.telegram.link_channel(GROUP, CHANNEL)
    world.telegram.fail_next("getChat", error)
    world.telegram.say(GROUP, ANN, "buy now", sender_chat=CHANNEL)
    world.settle()
    world.restart()
    world.settle()
    assert world.texts_stored() == []


def test_an_administrator_is_not_ordered_about_where_telegram_does_not_answer(world: World) -> None:
    forgotten(world)
    message_id = world.telegram.say(GROUP, BOB, "all is well")
    world.settle()
    world.bot.bot_data["administrators"] = Administrators()
    world.telegram.fail_next("getChatAdministrators", Refused(502, "Bad Gateway"))
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert stands(world.telegram, message_id)


def test_where_administrators_cannot_be_listed_a_member_is_asked_about(world: World) -> None:
    world.telegram.fail_next("getChatAdministrators", Refused(502, "Bad Gateway"))
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    assert world.texts_stored() == ["hello"]


def test_short_words_earn_nobody_patience(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    for word in ("hi", "ok", "yes", "lol", "+", "oh yes"):
        world.telegram.say(GROUP, EVE, word)
    world.settle()
    post = world.telegram.say(GROUP, EVE, "buy now, last chance")
    world.settle()
    assert not stands(world.telegram, post)
    assert member(world)["status"] == "kicked"
