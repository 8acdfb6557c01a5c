"""Nothing grows without end: an author who edits in a loop, a raid, one press that decides thousands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, select

from bot.handlers import many
from storage.models import Action, ActionKind, Correction, Mode
from storage.moderation.requested_actions import requests
from storage.session import reading, transaction
from storage.views import queue
from storage.views.queue import QueueQuery
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories


def open_cards(world: World) -> list[int]:
    with reading(world.engine) as session:
        return queue.page(session, QueueQuery(), 100)


def edited(world: World, message_id: int, *texts: str) -> None:
    for text in texts:
        world.telegram.edit(GROUP, message_id, text)
        world.settle()


def earlier(world: World, seconds: float) -> None:
    """All that was asked for was asked that much earlier."""
    with transaction(world.engine) as session:
        for action in session.scalars(select(Action)):
            action.created_at -= timedelta(seconds=seconds)
            action.not_before -= timedelta(seconds=seconds)


# Edits


def test_one_notice_follows_the_edits_and_one_press_closes_all(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    edited(world, message_id, *(f"buy now {n}" for n in range(8)))
    [notice] = notices(world.telegram)
    assert "buy now 7" in notice["text"]
    assert len(open_cards(world)) == 1
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert open_cards(world) == []
    assert not stands(world.telegram, message_id)
    assert "Ann: spam" in notices(world.telegram)[0]["text"]


def test_spam_pressed_while_the_author_edits_is_meant_for_the_message(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    [old] = notices(world.telegram)
    edited(world, message_id, "buy now or never")
    world.telegram.press(ANN, old, "Spam")
    world.settle()
    assert open_cards(world) == []
    assert "Ann: spam" in notices(world.telegram)[0]["text"]


def test_not_spam_pressed_while_the_author_edits_is_meant_for_the_words_that_were_read(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    [old] = notices(world.telegram)
    edited(world, message_id, "buy now or never")
    world.telegram.press(ANN, old, "Not spam")
    world.settle()
    assert len(open_cards(world)) == 1


def test_an_edit_after_a_decision_is_shown_anew(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    edited(world, message_id, "buy now or never")
    assert len(notices(world.telegram)) == 2


def test_what_was_edited_into_something_harmless_stays_open_as_it_was(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    edited(world, message_id, "good morning")
    assert len(open_cards(world)) == 1
    assert "buy now" in notices(world.telegram)[0]["text"]


# Raids


def raid(world: World, minutes: int, a_minute: int) -> None:
    for n in range(minutes * 4):
        for i in range(a_minute // 4):
            world.telegram.say(GROUP, user(1_000 + 100 * n + i, f"Raider {n}"), "buy now")
        world.settle()
        earlier(world, 15)
        world.settle()


def test_when_a_raid_is_over_each_message_has_its_notice_again(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    raid(world, minutes=1, a_minute=40)
    earlier(world, 3_600)
    world.settle()
    before = len(notices(world.telegram))
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert len(notices(world.telegram)) == before + 1


def test_one_press_decides_a_raid_in_many_short_transactions(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    raiders = [user(100 + i, f"Raider {i}") for i in range(10 + 3 * many.AT_ONCE)]
    for who in raiders:
        world.telegram.say(GROUP, who, "buy now")
    world.settle()
    earlier(world, 15)
    world.settle()
    world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], "All of them are spam")
    commits: list[Connection] = []
    count = commits.append
    event.listen(Engine, "commit", count)
    try:
        world.hear()
    finally:
        event.remove(Engine, "commit", count)
    assert given.values(world.engine, Correction.is_spam) == [True] * 3 * many.AT_ONCE
    assert len(commits) > 3


def test_a_raids_message_that_is_edited_is_decided_as_it_stands(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    message_ids = [world.telegram.say(GROUP, user(100 + i, f"Raider {i}"), "buy now") for i in range(12)]
    world.settle()
    earlier(world, 15)
    world.settle()
    digest = world.telegram.sent_to(GROUP)[-1]
    edited(world, message_ids[-1], "buy now or never")
    world.telegram.press(ANN, digest, "All of them are spam")
    world.settle()
    assert [stands(world.telegram, one) for one in message_ids[-2:]] == [False, False]
    assert len(open_cards(world)) == 10


# What is said in the open


def test_an_appeal_stands_behind_a_spoiler(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.whisper(EVE, "/appeal CHEAP PILLS t.me/x_example")
    world.settle()
    again = notices(world.telegram)[-1]
    hidden = again["entities"][-1]
    assert hidden["type"] == "spoiler"
    assert again["text"][hidden["offset"] :][: hidden["length"]] == "CHEAP PILLS t.me/x_example"


def test_reports_of_an_edited_message_are_one_notice(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, who=MAX, text="hello")
    with transaction(world.engine) as session:
        for verdict_id in queue.page(session, QueueQuery(show=queue.Show.EVERYTHING), 10):
            requests.show(session, verdict_id, may_wait=False)
    world.settle()
    edited(world, message_id, "buy now", "buy now or never")
    assert len(notices(world.telegram)) == 1
    assert given.values(world.engine, Action.kind).count(ActionKind.NOTIFY) == 1
