"""Chats and topics that close, limits: whatever Telegram answers, the notice is read and others are served."""

from __future__ import annotations

import time

import pytest

from storage.models import Action, ActionState, Mode
from tests.bot.stories import ANN, EVE, GROUP, MAX, MODERATORS, linked, notices, photo, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, Refused

pytestmark = pytest.mark.stories


@pytest.fixture(autouse=True)
def durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


# Closed chats and topics


def test_where_the_bot_was_thrown_out_the_group_reads_the_notice(world: World) -> None:
    linked(world)
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.join(MODERATORS, BOT, "kicked")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert len(notices(world.telegram, GROUP)) == 1


def test_where_the_general_topic_is_closed_the_messages_own_has_the_notice(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.closed_topics.add((GROUP, 0))
    world.telegram.say(GROUP, EVE, "buy now", is_topic_message=True, message_thread_id=77)
    world.settle()
    [notice] = notices(world.telegram)
    assert notice["message_thread_id"] == 77


def test_where_all_topics_are_closed_the_notice_waits(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.closed_topics |= {(GROUP, 0), (GROUP, 77)}
    world.telegram.say(GROUP, EVE, "buy now", is_topic_message=True, message_thread_id=77)
    world.settle()
    assert given.values(world.engine, Action.state) == [ActionState.PENDING]


@pytest.mark.parametrize(("closed", "said_in"), [(set(), 77), ({(GROUP, 77)}, None)])
def test_a_warning_is_said_in_the_topic_of_the_message(
    world: World, closed: set[tuple[int, int]], said_in: int | None
) -> None:
    spam(world, Mode.TRAINING, text="hello")
    message_id = world.telegram.say(GROUP, EVE, "look here", is_topic_message=True, message_thread_id=77)
    world.settle()
    world.telegram.closed_topics |= closed
    world.telegram.reply(GROUP, ANN, message_id, "/warn")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.sent_to(GROUP)[-1].get("message_thread_id") == said_in


# Limits


@pytest.mark.parametrize("letter", ["x", "💰"])
def test_a_caption_at_the_limit_says_who_decided(world: World, letter: str) -> None:
    world.telegram.pictures.add("p")
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, None, caption="buy now" + letter * 990, photo=[photo("p")])
    world.settle()
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert notices(world.telegram)[0]["caption"].endswith("✓ Ann: spam")
    assert world.failed_actions() == []


def test_a_text_of_emoji_is_cut_to_what_telegram_takes(world: World) -> None:
    spam(world, Mode.TRAINING, text="buy now " + "💰" * 3000)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert notices(world.telegram)[0]["text"].endswith("✓ Ann: spam")


def test_one_chats_429_stops_no_other_group(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    world.telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 300", retry_after=300))
    world.telegram.whisper(MAX, "/mydata")
    world.telegram.say(GROUP, EVE, "buy now")
    with world.telegram.world() as updates:
        fresh = updates[world._heard :]
        world._heard = len(updates)

    async def live() -> float:
        began = time.monotonic()
        for payload in fresh:
            await world._handle(payload)
        return time.monotonic() - began

    assert world._runner.run(live()) < 5
    assert "buy now" in world.texts_stored()


# Notices where something is missing


@pytest.mark.parametrize("chat_id", [GROUP, MODERATORS])
def test_where_no_pictures_may_be_sent_the_words_are(world: World, chat_id: int) -> None:
    if chat_id == MODERATORS:
        linked(world)
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.pictures.add("p")
    world.telegram.fail_next("sendPhoto", Refused(400, "Bad Request: not enough rights to send photos to the chat"))
    world.telegram.say(GROUP, EVE, None, photo=[photo("p")], caption="buy now")
    world.settle()
    assert ["buy now" in notice["text"] for notice in notices(world.telegram, chat_id)] == [True]


@pytest.mark.parametrize("is_decided", [False, True])
def test_what_a_deleted_notice_would_show_is_shown_anew_until_it_is_decided(world: World, is_decided: bool) -> None:
    flagged = spam(world, Mode.OBSERVE)
    [notice] = notices(world.telegram)
    del world.telegram.messages[GROUP, notice["message_id"]]
    if is_decided:
        world.telegram.press(ANN, notice, "Spam")
    else:
        world.telegram.edit(GROUP, flagged, "buy other things")
    world.settle()
    assert ["buy other things" in again["text"] for again in notices(world.telegram)] == ([] if is_decided else [True])
    assert world.failed_actions() == []


def test_a_warning_ordered_by_a_notice_is_said_in_the_topic_of_the_message(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, "buy now", message_thread_id=5, is_topic_message=True)
    world.settle()
    world.telegram.closed_topics.add((GROUP, 0))
    world.telegram.say(GROUP, ANN, "/warn", reply_to_message=notices(world.telegram)[0])
    world.settle()
    assert world.telegram.sent_to(GROUP)[-1]["message_thread_id"] == 5
    assert world.telegram.sent_to(GROUP)[-1] not in notices(world.telegram)


def test_why_is_answered_in_the_topic_it_is_asked_in(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    topic = {"message_thread_id": 5, "is_topic_message": True}
    flagged = world.telegram.say(GROUP, EVE, "buy now", **topic)
    world.settle()
    world.telegram.say(GROUP, ANN, "/why", reply_to_message=world.telegram.messages[GROUP, flagged], **topic)
    world.settle()
    world.explain(error="no files")
    answer = world.telegram.sent_to(GROUP)[-1]
    assert ("no files" in answer["text"], answer.get("message_thread_id")) == (True, 5)
