"""What users of other bots complain about, as stories: each must not happen here.

Told elsewhere: a ban notice without picture or reason (test_what_readers_see), a double click (test_modes),
an undo that leaves restrictions (test_modes), anonymous administrators and linked channels flagged (test_orders,
test_what_readers_see), no appeal (test_hard_days), one token a group (test_setting_up).
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.models import CorrectionState, Message, MessageState, Mode, Verdict
from storage.moderation import corrections, explanations, inbox
from storage.session import reading, transaction
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories


def learned(world: World) -> list[tuple[str, bool]]:
    with reading(world.engine) as session:
        return [(correction.text, correction.is_spam) for correction in corrections.accepted(session)]


def test_removing_a_harmless_text_does_not_poison_training(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="good morning everybody")
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert learned(world) == []


def test_of_two_who_wrote_the_same_words_only_the_one_meant_is_banned(world: World) -> None:
    world.telegram.say(GROUP, MAX, "look at this")
    message_id = spam(world, Mode.TRAINING, text="look at this")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert (world.telegram.status(GROUP, EVE), world.telegram.status(GROUP, MAX)) == ("kicked", "member")


def test_a_failing_model_is_never_ham_but_visible_and_judged_again(world: World) -> None:
    spam(world, Mode.ENFORCE, text="break it")
    with reading(world.engine) as session:
        row = session.scalars(select(Message)).one()
    assert (row.state, row.error) == (MessageState.FAILED, "it broke")
    with transaction(world.engine) as session:
        assert inbox.retry_failed(session) == 1
        assert session.scalars(select(Message.state)).one() == MessageState.PENDING


def test_no_display_name_becomes_markup(world: World) -> None:
    mallory = user(66, '<a href="https://evil.example">Mallory</a>')
    world.telegram.join(GROUP, mallory)
    message_id = spam(world, Mode.TRAINING, who=mallory)
    world.telegram.reply(GROUP, ANN, message_id, "/warn")
    world.settle()
    calls = world.telegram.called("sendMessage")
    assert len(calls) >= 2
    assert not any("parse_mode" in call for call in calls)
    kinds = {entity["type"] for call in calls for entity in call.get("entities", [])}
    assert kinds <= {"spoiler"}, "nothing links anywhere"


def test_a_spammers_name_full_of_advertising_is_not_repeated_to_moderators(world: World) -> None:
    loud = user(67, "CHEAP PILLS pills.example")
    world.telegram.join(GROUP, loud)
    spam(world, Mode.ENFORCE, who=loud)
    assert "PILLS" not in notices(world.telegram)[0]["text"]


def test_relabelling_leaves_no_memory_of_the_old_label(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.hear()
    assert learned(world) == [("buy now", True)]
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert learned(world) == [("buy now", False)]
    world.telegram.say(GROUP, MAX, "hello")
    world.settle()
    other = given.values(world.engine, Verdict.id)[-1]
    with reading(world.engine) as session:
        assert [example.is_spam for example in explanations.labelled_examples(session, without=other)] == [False]
    states = given.values(world.engine, corrections.Correction.state)
    assert states == [CorrectionState.REPLACED, CorrectionState.ACCEPTED]
    assert world.telegram.status(GROUP, EVE) != "kicked", "and what was done because of it is undone"
