"""Whoever has hamlet forget them can still be banned and unbanned, and unlearns nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.learning import erasure
from storage.models import Correction, Message, Mode, now
from storage.session import transaction
from tests.bot.picture_stories import prefer, show
from tests.bot.sanction_stories import member, notice_text, press
from tests.bot.stories import ANN, EVE, GROUP, notices, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_forget_between_flag_and_decision_leaves_somebody_to_ban(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    press(world, "Spam")
    assert member(world)["status"] == "kicked"
    assert world.texts_stored() == [""]


@pytest.mark.parametrize("order", ["/spam", "/ban"])
def test_who_forgot_is_banned_by_a_reply_to_what_they_wrote(world: World, order: str) -> None:
    said_once = spam(world, Mode.TRAINING, text="come and see")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    world.telegram.reply(GROUP, ANN, said_once, order)
    world.settle()
    assert not stands(world.telegram, said_once)
    assert member(world)["status"] == "kicked"
    assert given.learned(world.engine) == []


@pytest.mark.parametrize("forgets", ["by command", "by age"])
def test_what_is_forgotten_after_a_ban_leaves_somebody_to_unban(world: World, forgets: str) -> None:
    spam(world, Mode.ENFORCE)
    if forgets == "by command":
        world.telegram.whisper(EVE, "/forget yes")
        world.settle()
    else:
        with transaction(world.engine) as session:
            session.execute(update(Message).values(received_at=now() - timedelta(days=8)))
        with transaction(world.engine) as session:
            assert erasure.expire(session, 7) == 1
    press(world, "Not spam")
    assert member(world)["status"] == "left"
    assert "unbanned" in notice_text(world)


def test_a_spammer_unlearns_nothing(world: World) -> None:
    spam(world, Mode.TRAINING)
    press(world, "Spam")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert given.values(world.engine, Correction.state) == ["accepted"]
    assert given.values(world.engine, Message.author_name) == [""]


def test_who_forgets_is_not_heard_twice(world: World) -> None:
    spam(world, Mode.ENFORCE)
    for words in ("/appeal please", "/forget yes", "/appeal please"):
        world.telegram.whisper(EVE, words)
        world.settle()
    assert world.telegram.sent_to(EVE["id"])[-1]["text"].startswith("You have already appealed")


def test_where_nobody_is_known_the_notice_says_so(world: World) -> None:
    spam(world, Mode.TRAINING)
    with transaction(world.engine) as session:
        session.execute(update(Message).values(author_id=None))
    press(world, "Spam")
    assert "banned" not in notice_text(world)
    assert "whose account is no longer stored" in notice_text(world)


def test_a_notice_repeats_neither_words_nor_name_afterwards(world: World) -> None:
    spam(world, Mode.TRAINING)
    assert "buy now" in notice_text(world)
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    [notice] = notices(world.telegram)
    assert "buy now" not in notice["text"]
    assert "Eve" not in notice["text"]


def test_a_notice_with_a_picture_is_replaced_by_one_without(world: World) -> None:
    prefer(world)
    show(world, "coins", caption="buy now")
    assert notices(world.telegram)[0]["photo"]
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    [notice] = notices(world.telegram)
    assert "photo" not in notice
    assert "buy now" not in notice["text"]
    press(world, "Spam")
    assert member(world)["status"] == "kicked"


def test_the_picture_of_decided_spam_goes_with_its_notice(world: World) -> None:
    prefer(world)
    show(world, "coins", caption="buy now")
    press(world, "Spam")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert notices(world.telegram) == []
    assert given.values(world.engine, Message.picture_id)[-1] is None
    assert given.learned(world.engine) == [("buy now", True)]
