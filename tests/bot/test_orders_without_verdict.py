"""Orders on what is never judged: pictures, texts that end failed, joins; carried out all the same, and appealed against."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from storage.models import ActionKind, Message, Mode, Order, now
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import transaction
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, last_alert, notices, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, user

pytestmark = pytest.mark.stories

PHOTO = {"file_id": "p", "file_unique_id": "p", "width": 10, "height": 10}
NEWCOMER = user(70, "Newcomer")


def picture(world: World, who: dict[str, Any] = EVE) -> int:
    return world.telegram.say(GROUP, who, None, photo=[PHOTO])


def begun(world: World, mode: Mode = Mode.TRAINING) -> None:
    spam(world, mode, who=NEWCOMER, text="hello")


def told(world: World) -> list[str]:
    return [m["text"] for m in world.telegram.sent_to(GROUP)]


@pytest.mark.parametrize("is_judged", [False, True])
def test_a_picture_is_ordered_away_whether_the_worker_looked_at_it_or_not(world: World, is_judged: bool) -> None:
    begun(world)
    message_id = picture(world)
    if is_judged:
        world.settle()
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert all(given.values(world.engine, Order.done_at))


def test_a_text_that_ends_failed_is_ordered_away(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "break it")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, MAX) == "kicked"


def judged_after_all(world: World, score: float = 0.97) -> None:
    """What failed is judged again, by a worker that it does not break."""
    with transaction(world.engine) as session:
        inbox.retry_failed(session)
        holder, claimed = inbox.claim(session, 100, 30)
        inbox.record(
            session, holder, ScoringVersion(world.model.id, 0.5, 0.9), [Judgement(c.id, c.edit, score) for c in claimed]
        )
    world.settle()


@pytest.mark.parametrize(("word", "is_spam"), [("/spam", True), ("/ham", False)])
@pytest.mark.parametrize("score", [0.97, 0.1])
def test_what_was_ordered_about_a_failed_text_is_learned_when_it_is_judged(
    world: World, word: str, is_spam: bool, score: float
) -> None:
    begun(world, Mode.ENFORCE)
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, MAX, "break it"), word)
    world.settle()
    assert given.learned(world.engine) == []
    judged_after_all(world, score)
    assert given.learned(world.engine) == [("break it", is_spam)]
    assert (world.telegram.status(GROUP, MAX) == "kicked") == is_spam
    assert len(world.telegram.called("banChatMember")) == int(is_spam), "what was done is not done again"


def test_not_spam_undoes_what_was_ordered_before_there_was_a_verdict(world: World) -> None:
    begun(world, Mode.ENFORCE)
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, MAX, "break it"), "/ban for good")
    world.settle()
    judged_after_all(world)
    [notice] = notices(world.telegram)
    world.telegram.press(BOB, notice, "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "left"


def test_of_two_orders_before_the_verdict_the_longer_ban_stands(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "break it")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.telegram.reply(GROUP, BOB, message_id, "/ban for good")
    world.settle()
    judged_after_all(world)
    assert (world.telegram.status(GROUP, MAX), given.learned(world.engine)) == ("kicked", [("break it", True)])
    assert world.telegram._members[GROUP, MAX["id"]]["until_date"] == 0


def test_other_words_than_those_that_were_ordered_about_are_not_learned(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "break it")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    with transaction(world.engine) as session:
        session.execute(
            update(Message).where(Message.text == "break it").values(edited_at=now() + timedelta(minutes=1), edit=1)
        )
    judged_after_all(world)
    assert given.learned(world.engine) == []


def test_who_was_pardoned_is_not_banned_again_when_the_verdict_comes(world: World) -> None:
    begun(world, Mode.ENFORCE)
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, MAX, "break it"), "/spam")
    world.settle()
    world.telegram.whisper(MAX, "/appeal it was my garden")
    world.settle()
    [appeal] = [m for m in world.telegram.sent_to(GROUP) if "appeals:" in m["text"]]
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    judged_after_all(world)
    assert world.telegram.status(GROUP, MAX) == "left"
    assert given.learned(world.engine) == []


def test_a_pardon_lifts_what_a_verdict_took_up(world: World) -> None:
    begun(world, Mode.ENFORCE)
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, MAX, "break it"), "/spam")
    world.settle()
    world.telegram.whisper(MAX, "/appeal it was my garden")
    world.settle()
    [appeal] = [m for m in world.telegram.sent_to(GROUP) if "appeals:" in m["text"]]
    judged_after_all(world)
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "left"


def test_a_text_that_takes_every_worker_down_is_ordered_away_in_the_end(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "this one is deadly")
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    world.hear()
    given.deadly(world.engine)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, MAX) == "kicked"


@pytest.mark.parametrize(("mode", "status"), [(Mode.SOFT, "restricted"), (Mode.TRAINING, "kicked")])
def test_a_picture_is_spam_as_the_mode_has_it(world: World, mode: Mode, status: str) -> None:
    begun(world, mode)
    world.telegram.reply(GROUP, ANN, picture(world), "/spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == status


@pytest.mark.parametrize(("mode", "word"), [(Mode.OBSERVE, "/spam"), (Mode.TRAINING, "/ham")])
def test_what_asks_for_nothing_is_answered(world: World, mode: Mode, word: str) -> None:
    begun(world, mode)
    message_id = picture(world)
    world.telegram.reply(GROUP, ANN, message_id, word)
    world.settle()
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert "no words that I judged" in told(world)[-1]


# Appeals


@pytest.mark.parametrize("what", ["a picture", "a join"])
def test_who_was_banned_without_a_verdict_is_heard_once_and_pardoned(world: World, what: str) -> None:
    begun(world)
    about = {"new_chat_members": [EVE]} if what == "a join" else {"photo": [PHOTO]}
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, EVE, None, **about), "/ban")
    world.settle()
    for _ in range(2):
        world.telegram.whisper(EVE, "/appeal it was my garden")
        world.settle()
    answers = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert answers == ["The moderators see your case again.", "You have appealed already; the moderators have seen it."]
    [appeal] = [m for m in world.telegram.sent_to(GROUP) if "appeals:" in m["text"]]
    [hidden] = appeal["entities"]
    assert appeal["text"][hidden["offset"] :] == "Eve <b>bold</b>: it was my garden"
    world.telegram.press(MAX, appeal, "Lift the ban")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked", "members pardon nobody"
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "left"
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert last_alert(world) == "Nothing of that stands any more."


def test_an_appeal_is_forgotten_with_all_else(world: World) -> None:
    begun(world)
    world.telegram.reply(GROUP, ANN, picture(world), "/ban")
    world.telegram.whisper(EVE, "/appeal it was my garden")
    world.settle()
    world.telegram.whisper(EVE, "/appeal it was my garden")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert ActionKind.APPEAL not in given.kinds(world.engine)


# Orders that wait while their message changes, and orders that cannot be carried out


@pytest.mark.parametrize(("word", "status"), [("/spam", "kicked"), ("/ham", "member")])
def test_words_that_were_edited_in_before_the_judge_came_are_not_what_was_meant(
    world: World, word: str, status: str
) -> None:
    """The order was given before the edit, and the bot hears of both two seconds after it."""
    begun(world)
    message_id = world.telegram.say(GROUP, EVE, "come and see")
    world.telegram.reply(GROUP, ANN, message_id, word)
    world.telegram.edit(GROUP, message_id, "good morning everybody")
    with world.telegram.world() as updates:
        updates[-1]["edited_message"]["edit_date"] -= 2
    world.settle()
    assert given.learned(world.engine) == []
    assert world.telegram.status(GROUP, EVE) == status
    assert stands(world.telegram, message_id) == (word == "/ham")


@pytest.mark.parametrize("what", ["words", "a picture", "a join"])
def test_an_order_that_telegram_refuses_is_said(world: World, what: str) -> None:
    begun(world)
    world.telegram.arrive(GROUP, NEWCOMER)
    number = max(number for _, number in world.telegram.messages)
    if what != "a join":
        number = picture(world) if what == "a picture" else world.telegram.say(GROUP, EVE, "come and see")
    world.settle()
    world.telegram.join(GROUP, BOT, "administrator")
    world.telegram.reply(GROUP, ANN, number, "/ban")
    world.settle()
    assert [text for text in told(world) if "could not be banned" in text]
    assert len(told(world)) == 2, "one sentence for the message, one for its author"


def test_what_is_refused_again_and_again_is_said_once(world: World) -> None:
    begun(world)
    said = [world.telegram.say(GROUP, EVE, f"come and see {number}") for number in range(3)]
    world.settle()
    world.telegram.join(GROUP, BOT, "administrator")
    for number in said:
        world.telegram.reply(GROUP, ANN, number, "/spam")
    world.settle()
    assert len(told(world)) == 2


def test_words_that_are_as_old_as_telegram_lets_stand_are_said_to_stand(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, EVE, "come and see")
    world.telegram.messages[GROUP, message_id]["date"] -= 3 * 24 * 3600
    world.settle()
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert "could not be deleted" in told(world)[-1]
    assert world.telegram.status(GROUP, EVE) == "kicked"
