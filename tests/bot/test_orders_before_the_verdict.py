"""An order that comes before the verdict is carried out, learned when the verdict comes, and undone like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.models import Message, Mode, now
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import transaction
from tests.bot.order_stories import begun
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, notices, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


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
