"""Who joins under an advertisement for a name is shown to the moderators, where the chat wants that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage.learning import erasure
from storage.models import ActionKind, Join, Message, MessageState, Mode, Standing, Verdict
from storage.moderation import standing
from storage.moderation.joining import NOBODYS_BELOW, NUMBERS_BELOW
from storage.session import reading, transaction
from tests.bot.hold_stories import choose
from tests.bot.stories import ANN, GROUP, MODERATORS, linked, notices, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories

LOUD = user(66, "buy FREE COINS")
SLY = user(67, "Ida") | {"username": "buy_usdt_bonus"}


def joins(world: World, who: dict[str, Any] = LOUD, mode: Mode = Mode.TRAINING) -> None:
    """Somebody joins a group that reads names."""
    choose(world, reads_joining_names="yes")
    world.mode(mode)
    world.telegram.arrive(GROUP, who)
    world.settle()


def service(world: World, who: dict[str, Any] = LOUD) -> list[int]:
    """The service messages about that person that still stand."""
    about = world.telegram.messages.items()
    return [
        key[1] for key, message in about if any(one["id"] == who["id"] for one in message.get("new_chat_members", ()))
    ]


def test_one_notice_for_both_of_telegrams_updates_and_spam_bans_and_deletes_the_service_message(world: World) -> None:
    joins(world)
    [notice] = notices(world.telegram)
    assert notice["text"].startswith("Somebody joined Gardeners whose name looks like spam")
    assert "COINS" not in notice["text"], "all can read it"
    assert service(world)
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert world.telegram.status(GROUP, LOUD) == "kicked"
    assert service(world) == []
    assert given.learned(world.engine) == [("buy FREE COINS", True)]


def test_a_username_counts_and_moderators_among_themselves_read_the_name(world: World) -> None:
    linked(world)
    joins(world, SLY)
    [notice] = notices(world.telegram, MODERATORS)
    assert "Ida @buy_usdt_bonus" in notice["text"]
    assert "0 messages" in notice["text"]
    assert notice["entities"][-1]["type"] == "spoiler"
    assert given.values(world.engine, Message.text)[-1] == "buy usdt bonus"


def test_not_spam_lifts_the_ban_and_earns_nothing(world: World) -> None:
    joins(world, mode=Mode.ENFORCE)
    assert world.telegram.status(GROUP, LOUD) == "kicked"
    assert service(world) == []
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, LOUD) == "left"
    with reading(world.engine) as session:
        chat = world.chat(GROUP)
        chat.standing_after = 1
        assert not standing.is_good(session, chat, LOUD["id"])


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.TRAINING])
def test_nothing_is_done_without_a_moderator_where_nothing_is_done_about_messages(world: World, mode: Mode) -> None:
    joins(world, mode=mode)
    assert world.telegram.status(GROUP, LOUD) == "member"
    assert len(service(world)) == 1
    assert ActionKind.BAN not in given.kinds(world.engine)


def test_a_telling_name_that_is_no_spam_ends_as_joined_and_moves_no_odds(world: World) -> None:
    joins(world, user(68, "we sell honey here"))
    assert notices(world.telegram) == []
    assert given.values(world.engine, Message.state)[-1] == MessageState.JOINED
    assert given.values(world.engine, Verdict.standing)[-1] == Standing.UNKNOWN


def test_of_an_ordinary_name_and_where_nobody_chose_it_nothing_is_stored(world: World) -> None:
    joins(world, user(68, "Ida Smith") | {"username": "ida_s"})
    choose(world, reads_joining_names="no")
    world.telegram.arrive(GROUP, LOUD)
    world.settle()
    assert all(not is_join for is_join in given.values(world.engine, Message.is_join))
    assert len(given.values(world.engine, Join.user_id)) == 2


def test_coming_back_is_judged_again_only_under_another_name(world: World) -> None:
    joins(world)
    world.telegram.leave(GROUP, LOUD)
    world.telegram.arrive(GROUP, LOUD)
    world.settle()
    assert len(given.values(world.engine, Verdict.id)) == 1
    world.telegram.leave(GROUP, LOUD)
    world.telegram.arrive(GROUP, LOUD | {"first_name": "buy MORE COINS"})
    world.settle()
    assert len(given.values(world.engine, Verdict.id)) == 2
    assert len(notices(world.telegram)) == 1, "it moved on to the new name"


def test_forgetting_erases_the_name(world: World) -> None:
    joins(world)
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.telegram.whisper(LOUD, "/forget yes")
    world.settle()
    with reading(world.engine) as session:
        row = session.scalars(select(Message).where(Message.is_join)).one()
    assert (row.text, row.author_name, row.author_id) == ("", "", None)


def test_a_number_that_a_sanction_kept_goes_from_the_joins_number_too(world: World) -> None:
    choose(world, reads_joining_names="yes")
    world.mode(Mode.ENFORCE)
    world.telegram.join(GROUP, LOUD, "left")
    world.telegram.sanction(GROUP, ANN, LOUD, "member")
    world.settle()
    world.telegram.whisper(LOUD, "/forget yes")
    world.settle()
    with transaction(world.engine) as session:
        row = session.scalars(select(Message).where(Message.is_join)).one()
        assert (row.author_id, row.message_id) == (LOUD["id"], NUMBERS_BELOW - LOUD["id"]), "it may have to be unbanned"
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    with transaction(world.engine) as session:
        assert erasure.erase_unneeded_authors(session) == 1
        row = session.scalars(select(Message).where(Message.is_join)).one()
        assert (row.author_id, row.message_id) == (None, NOBODYS_BELOW - row.id)


def test_the_service_message_stays_where_telegram_does_not_name_it(world: World) -> None:
    choose(world, reads_joining_names="yes")
    world.telegram.join(GROUP, LOUD, "left")
    world.telegram.sanction(GROUP, ANN, LOUD, "member")
    world.settle()
    [notice] = notices(world.telegram)
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert world.telegram.status(GROUP, LOUD) == "kicked"
    assert world.failed_actions() == []
    assert stands(world.telegram, notice["message_id"])
