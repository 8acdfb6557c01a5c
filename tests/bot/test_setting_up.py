"""Setting a group up: the checklist, the moderators' chat, the menu, the kill switch."""

from __future__ import annotations

import pytest

from storage.access import chats
from storage.exported import ExportedMessage
from storage.learning import history
from storage.models import Correction, Mode, Verdict, now
from storage.session import transaction
from tests.bot.stories import (
    ANN,
    EVE,
    GROUP,
    MAX,
    MODERATORS,
    OTHER,
    last_alert,
    linked,
    notices,
    spam,
    stands,
)
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, user

pytestmark = pytest.mark.stories

# Setting up


def test_start_in_a_group_tells_what_is_missing(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    world.telegram.say(GROUP, MAX, "/start")
    world.settle()
    assert world.telegram.sent_to(GROUP) == [], "only moderators are answered"
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    [answer] = world.telegram.sent_to(GROUP)
    assert "✓ I may delete messages" in answer["text"]
    assert "✗ let me ban users" in answer["text"]
    assert "✗ link a moderators' chat" in answer["text"]
    assert "upload the file at http" in answer["text"]


def test_start_offers_no_import_where_the_past_is_known(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    with transaction(world.engine) as session:
        chat = chats.on_telegram(session, GROUP)
        history.store(session, chat.id, [ExportedMessage(1, 8, "Max", "as I said", now(), None)])
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    assert "upload the file" not in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_moderators_chat_is_linked_by_a_code_and_gets_the_notices(world: World) -> None:
    linked(world)
    spam(world, Mode.TRAINING)
    assert notices(world.telegram) == []
    assert len(notices(world.telegram, MODERATORS)) == 1
    world.telegram.say(MODERATORS, MAX, "buy or not buy?")
    world.settle()
    assert "buy or not buy?" not in world.texts_stored(), "what moderators say among themselves is not judged"


def test_missed_spam_forwarded_to_the_moderators_chat_is_found_by_ids(world: World) -> None:
    linked(world)
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    twin = world.telegram.say(GROUP, MAX, "hello everybody")
    world.settle()
    date = world.telegram.messages[GROUP, message_id]["date"]
    origin = {"type": "user", "date": date, "sender_user": EVE}
    world.telegram.say(MODERATORS, ANN, "hello everybody", forward_origin=origin)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert stands(world.telegram, twin), "the same words by another person are not theirs"
    assert (world.telegram.status(GROUP, EVE), world.telegram.status(GROUP, MAX)) == ("kicked", "member")


def test_a_forward_nobody_can_be_told_from_teaches_words_and_bans_nobody(world: World) -> None:
    linked(world)
    spam(world, Mode.TRAINING, text="hello everybody")
    origin = {"type": "hidden_user", "date": 1_700_000_000, "sender_user_name": "Somebody"}
    world.telegram.say(MODERATORS, ANN, "other words", forward_origin=origin)
    world.settle()
    assert given.values(world.engine, Correction.is_spam) == [True]
    assert world.telegram.called("banChatMember") == []
    assert "nobody is banned" in world.telegram.sent_to(MODERATORS)[-1]["text"]


def test_settings_are_chosen_by_buttons_and_by_moderators_only(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    menu = world.telegram.sent_to(GROUP)[-1]
    world.telegram.press(MAX, menu, "enforce")
    world.settle()
    assert world.chat(GROUP).mode == Mode.TRAINING
    for label in ("soft", "strict", "Русский"):
        world.telegram.press(ANN, menu, label)
        world.settle()
    chat = world.chat(GROUP)
    assert (chat.mode, chat.strictness, chat.language) == (Mode.SOFT, "strict", "ru")
    assert "Режим: мягко" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_enforce_is_offered_after_two_hundred_corrections_and_a_replay(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    menu = world.telegram.sent_to(GROUP)[-1]
    world.telegram.press(ANN, menu, "enforce")
    world.settle()
    assert world.chat(GROUP).mode == Mode.TRAINING
    assert "after 200 accepted corrections in this chat; there are 0" in last_alert(world)
    for number in range(200):
        given.received(world.engine, given.incoming(f"buy {number}", 10_000 + number, chat_external_id=GROUP))
    while world.judge():
        pass
    for verdict_id in given.values(world.engine, Verdict.id)[-200:]:
        given.corrected(world.engine, verdict_id, "ann", is_spam=verdict_id % 2 == 0)
    world.telegram.press(ANN, menu, "enforce")
    world.hear()
    asked = world.telegram.sent_to(GROUP)[-1]
    assert "Of 201 messages in the last 30 days it would have removed 201, 100 of them wrongly" in asked["text"]
    assert world.chat(GROUP).mode == Mode.TRAINING, "not before somebody says so"
    world.telegram.press(ANN, asked, "Enforce from now on")
    world.hear()
    assert world.chat(GROUP).mode == Mode.ENFORCE


def test_notices_speak_the_chats_language(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], "Русский")
    world.settle()
    spam(world, Mode.ENFORCE)
    [notice] = [m for m in world.telegram.sent_to(GROUP) if "Почему?" in str(m.get("reply_markup"))]
    assert notice["text"].startswith("Похоже на спам в Gardeners")


def test_many_chats_each_with_its_own_settings(world: World) -> None:
    spam(world, Mode.ENFORCE)
    there = world.telegram.say(OTHER, EVE, "buy pans")
    world.settle()
    assert stands(world.telegram, there, OTHER), "a new chat starts in training"
    assert world.telegram.status(OTHER, EVE) == "member"


# The kill switch


def test_the_kill_switch_of_a_chat(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.say(GROUP, MAX, "/pause")
    world.settle()
    assert world.chat(GROUP).paused_at is None
    world.telegram.say(GROUP, ANN, "/pause")
    world.settle()
    still = world.telegram.say(GROUP, MAX, "buy more")
    world.settle()
    assert stands(world.telegram, still)
    assert len(notices(world.telegram)) == 2, "it goes on telling"
    world.telegram.say(GROUP, ANN, "/resume")
    world.settle()
    gone = world.telegram.say(GROUP, MAX, "buy even more")
    world.settle()
    assert not stands(world.telegram, gone)


def test_it_stops_by_itself_when_it_was_wrong_too_often(world: World) -> None:
    people = [user(30 + i, f"Member {i}") for i in range(4)]
    for who in people:
        world.telegram.join(GROUP, who)
    spam(world, Mode.ENFORCE, who=people[0], text="buy 0")
    for i in (1, 2):
        world.telegram.say(GROUP, people[i], f"buy {i}")
    world.settle()
    for notice in notices(world.telegram):
        world.telegram.press(ANN, notice, "Not spam")
    world.settle()
    assert world.chat(GROUP).paused_at is not None
    assert any("I stopped acting by myself" in m["text"] for m in world.telegram.sent_to(GROUP))
    world.telegram.say(GROUP, people[3], "buy 3")
    world.settle()
    assert world.telegram.status(GROUP, people[3]) == "member"
