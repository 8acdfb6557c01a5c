"""Whoever has hamlet forget them can still be banned and unbanned, and unlearns nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.learning import erasure
from storage.models import Action, ActionKind, Correction, Message, Mode, now
from storage.moderation import warnings
from storage.privacy import members
from storage.session import reading, transaction
from tests.bot.picture_stories import prefer, show
from tests.bot.sanction_stories import member, notice_text, press
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, spam, stands
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


def warned(world: World, by_notice: bool = False) -> None:
    """Max is warned, in the group or in answer to a notice."""
    message_id = spam(world, Mode.TRAINING, MAX, "buy now" if by_notice else "hello dear flowers")
    answered = notices(world.telegram)[0]["message_id"] if by_notice else message_id
    world.telegram.reply(GROUP, ANN, answered, "/warn")
    world.hear()
    world.judge()


def warnings_stored(world: World) -> list[tuple[str | None, int | None]]:
    with reading(world.engine) as session:
        rows = select(Action.text, Action.user_id).where(Action.kind == ActionKind.WARN)
        return [(row.text, row.user_id) for row in session.execute(rows)]


def naming_max(world: World) -> list[str]:
    return [message["text"] for message in world.telegram.sent_to(GROUP) if "Max, a mod" in message.get("text", "")]


@pytest.mark.parametrize("by_notice", [False, True])
def test_a_warning_goes_with_its_name(world: World, by_notice: bool) -> None:
    warned(world, by_notice)
    world.settle()
    assert len(naming_max(world)) == 1
    world.telegram.whisper(MAX, "/forget yes")
    world.settle()
    assert naming_max(world) == []
    assert warnings_stored(world) == [("", None)]


@pytest.mark.parametrize("is_under_way", [False, True])
def test_a_warning_that_is_not_posted_yet_is_not_left_in_the_group(world: World, is_under_way: bool) -> None:
    warned(world)

    def forget() -> None:
        with transaction(world.engine) as session:
            members.forget(session, MAX["id"])

    if is_under_way:
        world.act_while(forget)
    else:
        forget()
    world.settle()
    assert naming_max(world) == []
    assert warnings_stored(world) == [("", None)]


@pytest.mark.parametrize(("days", "user_id"), [(7, MAX["id"]), (None, None)], ids=["by age", "stored without a number"])
def test_what_a_warning_said_is_erased_once_nobody_needs_it(
    world: World, days: float | None, user_id: int | None
) -> None:
    warned(world)
    world.settle()
    with transaction(world.engine) as session:
        assert warnings.expire(session, days) == 0
        rows = update(Action).where(Action.kind == ActionKind.WARN)
        session.execute(rows.values(user_id=user_id, created_at=now() - timedelta(days=8)))
        assert warnings.expire(session, days) == 1
        assert warnings.expire(session, days) == 0
    assert warnings_stored(world) == [("", None)]
    assert len(naming_max(world)) == 1, "as other notices, it stays in the group"
