"""Where moderators read, by a link or by the setting for all groups: nobody is moderated, and notices and commands are answered."""

from __future__ import annotations

import pytest

from storage.access import chats
from storage.models import Explanation, Join, LoginLink, Mode
from storage.session import transaction
from tests.bot.moderators_stories import bot_messages
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, MODERATORS, NEW, linked, notices, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_what_is_pasted_there_is_not_judged(moderated: World) -> None:
    moderated.telegram.say(MODERATORS, MAX, "buy now")
    spam(moderated, Mode.ENFORCE, text="hello")
    paste = moderated.telegram.say(MODERATORS, MAX, "buy now")
    moderated.telegram.edit(MODERATORS, paste, "buy later")
    moderated.settle()
    assert moderated.texts_stored() == ["hello"]
    assert stands(moderated.telegram, paste, MODERATORS)


@pytest.mark.parametrize("word", ["spam", "/spam", "/ban", "/warn", "/report"])
def test_an_order_on_a_paste_acts_on_nobody(moderated: World, word: str) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    paste = moderated.telegram.say(MODERATORS, MAX, "buy now t.me/x  <- what do you think?")
    moderated.telegram.reply(MODERATORS, ANN, paste, word)
    moderated.settle()
    assert moderated.telegram.status(MODERATORS, MAX) == "member"
    assert stands(moderated.telegram, paste, MODERATORS)
    assert moderated.texts_stored() == ["hello"]
    assert ("reply to one of my notices" in str(bot_messages(moderated))) == word.startswith("/")


@pytest.mark.parametrize("word", ["spam", "/ban"])
def test_an_order_in_answer_to_a_notice_is_carried_out_in_the_group(moderated: World, word: str) -> None:
    message_id = spam(moderated, Mode.TRAINING)
    notice = notices(moderated.telegram, MODERATORS)[0]
    command = moderated.telegram.reply(MODERATORS, ANN, notice["message_id"], word)
    moderated.settle()
    assert not stands(moderated.telegram, message_id)
    assert moderated.telegram.status(GROUP, EVE) == "kicked"
    assert stands(moderated.telegram, notice["message_id"], MODERATORS)
    assert stands(moderated.telegram, command, MODERATORS), "among moderators it stays to be seen"
    assert moderated.texts_stored() == ["buy now"]


def test_who_moderates_another_group_orders_nothing_by_its_notices(moderated: World) -> None:
    message_id = spam(moderated, Mode.TRAINING)
    moderated.telegram.join(GROUP, BOB)
    moderated.telegram.reply(MODERATORS, BOB, notices(moderated.telegram, MODERATORS)[0]["message_id"], "/spam")
    moderated.settle()
    assert stands(moderated.telegram, message_id)
    assert bot_messages(moderated)[-1] == "Only moderators of that group can decide this."


def test_settings_and_status_are_of_the_groups(moderated: World) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    moderated.telegram.say(MODERATORS, ANN, "/settings")
    moderated.telegram.say(MODERATORS, ANN, "/status")
    moderated.settle()
    settings, status = bot_messages(moderated)[-2:]
    assert settings.startswith("Settings of Gardeners")
    assert status.startswith("Gardeners\nLast 7 days: 1 judged")
    assert moderated.chat(GROUP).title == "Gardeners"


def test_the_kill_switch_works_from_there(moderated: World) -> None:
    spam(moderated, Mode.ENFORCE, text="hello")
    moderated.telegram.say(MODERATORS, ANN, "/pause")
    moderated.settle()
    assert moderated.chat(GROUP).paused_at is not None


def test_why_is_answered_in_answer_to_a_notice(moderated: World) -> None:
    spam(moderated, Mode.TRAINING)
    moderated.telegram.reply(MODERATORS, ANN, notices(moderated.telegram, MODERATORS)[0]["message_id"], "/why")
    moderated.settle()
    assert given.values(moderated.engine, Explanation.verdict_id) == [1]


def test_joins_there_are_not_kept_and_the_site_shows_groups_alone(moderated: World) -> None:
    spam(moderated, Mode.TRAINING)
    moderated.telegram.appoint(MODERATORS, "administrator", can_delete_messages=True)
    moderated.telegram.say(MODERATORS, ANN, "welcome")
    moderated.telegram.arrive(MODERATORS, {"id": 99, "is_bot": False, "first_name": "Ida"})
    moderated.telegram.whisper(ANN, "/review")
    moderated.settle()
    assert given.values(moderated.engine, Join.user_id) == []
    assert given.values(moderated.engine, LoginLink.chat_ids) == [[moderated.chat(GROUP).id]]


def test_a_groups_checklist_knows_where_its_moderators_read(moderated: World) -> None:
    moderated.telegram.say(GROUP, ANN, "/start")
    moderated.settle()
    assert "✓ notices go to the moderators' chat" in bot_messages(moderated, GROUP)[-1]


def test_the_chat_of_the_setting_is_the_moderators_after_it_moved(
    own_settings: None, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setenv("HAMLET_MODERATORS_CHAT_ID", str(MODERATORS))
    world.restart()
    missed = spam(world, Mode.TRAINING, text="come and see")
    world.telegram.upgrade(MODERATORS, NEW, ANN)
    world.telegram.say(NEW, MAX, "buy now")
    world.telegram.say(NEW, ANN, "/status")
    original = world.telegram.messages[GROUP, missed]
    origin = {"type": "user", "date": original["date"], "sender_user": EVE}
    world.telegram.say(NEW, ANN, original["text"], forward_origin=origin)
    world.settle()
    assert world.texts_stored() == ["come and see"]
    assert bot_messages(world, NEW)[0].startswith("Gardeners")
    assert not stands(world.telegram, missed)


def test_the_checklist_there_is_the_groups(moderated: World) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    moderated.telegram.say(MODERATORS, ANN, "/start")
    moderated.settle()
    assert bot_messages(moderated)[-1].count("✓ notices go to the moderators' chat") == 1
    assert "✗" not in bot_messages(moderated)[-1]


def test_a_command_with_more_behind_it_is_answered_there(moderated: World) -> None:
    spam(moderated, Mode.TRAINING)
    moderated.telegram.say(
        MODERATORS, ANN, "/ban them both", reply_to_message=notices(moderated.telegram, MODERATORS)[0]
    )
    moderated.settle()
    assert "no other words after it" in bot_messages(moderated)[-1]
    assert moderated.telegram.status(GROUP, EVE) == "member"


def test_a_group_that_the_setting_names_by_mistake_is_told_that_nobody_there_is_judged(
    own_settings: None, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setenv("HAMLET_MODERATORS_CHAT_ID", str(GROUP))
    world.restart()
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    assert "judge nothing that is written there" in bot_messages(world, GROUP)[-1]


def test_two_groups_that_read_in_each_other_are_told_that_nobody_there_is_judged(world: World) -> None:
    linked(world)
    with transaction(world.engine) as session:
        chats.on_telegram(session, MODERATORS, "Moderators").moderators_chat_id = GROUP
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    assert "Moderators is a moderators' chat" in bot_messages(world, GROUP)[-1]
