"""Whom a reply means: members are moderated, and nobody who speaks for the group; a word is an order where somebody is meant."""

from __future__ import annotations

import time
from typing import Any

import pytest

from storage.models import Correction, Mode, Report
from tests.bot.stories import ANN, BOB, CHANNEL, EVE, GROUP, MAX, last_alert, notices, spam, stands
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given
from tests.telegram_server import BOT, user

pytestmark = pytest.mark.stories

ORDERS = ["/spam", "/ban", "/warn", "/ban for good"]
AS_A_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
AS_THE_GROUP = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
THE_GROUP = {"id": GROUP, "type": "supergroup", "title": "Gardeners"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


def of_the_channel(world: World, text: str = "our new book", **extra: Any) -> int:
    world.telegram.link_channel(GROUP, CHANNEL)
    return world.telegram.say(GROUP, AS_A_CHANNEL, text, sender_chat=CHANNEL, **extra)


def regular(world: World, who: dict[str, Any]) -> None:
    """Somebody who has written enough clean messages to be heard when they report."""
    for number in range(5):
        world.telegram.say(GROUP, who, f"the roses want water today {number}")
    world.settle()


# Administrators


@pytest.mark.parametrize("word", ORDERS)
@pytest.mark.parametrize(("who", "answer"), [(BOB, "An administrator wrote that"), (BOT, "I wrote that myself")])
def test_an_administrators_post_is_not_ordered_away(world: World, word: str, who: dict[str, Any], answer: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, who, "buy your tickets here")
    command = world.telegram.reply(GROUP, ANN, post, word)
    world.settle()
    assert stands(world.telegram, post)
    assert stands(world.telegram, command)
    assert world.telegram.sent_to(GROUP)[-1]["text"].startswith(answer)
    assert "buy your tickets here" not in world.texts_stored()
    assert world.telegram.called("banChatMember") == []


def test_an_administrator_who_may_delete_nothing_is_not_judged_either(world: World) -> None:
    honoured = user(70, "Honoured")
    world.telegram.join(GROUP, honoured, "administrator", can_invite_users=True)
    message_id = spam(world, Mode.ENFORCE, who=honoured)
    assert stands(world.telegram, message_id)
    assert world.texts_stored() == []


def test_an_anonymous_administrators_post_is_not_ordered_away(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, AS_THE_GROUP, "buy our flowers", sender_chat=THE_GROUP)
    world.telegram.reply(GROUP, ANN, post, "/ban")
    world.settle()
    assert stands(world.telegram, post)
    assert "An administrator wrote that" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_who_became_an_administrator_is_spared_by_the_buttons_and_orders_of_an_old_notice(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.join(GROUP, EVE, "administrator", can_delete_messages=True)
    world.bot.bot_data["administrators"].forget(GROUP)
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert "members only" in last_alert(world)
    world.telegram.reply(GROUP, ANN, notice["message_id"], "/spam")
    world.settle()
    assert stands(world.telegram, message_id)
    assert count(world.engine, "corrections") == 0


# Reports


@pytest.mark.parametrize("who", [ANN, BOT], ids=["an administrator", "the bot"])
@pytest.mark.parametrize("has_standing", [False, True])
def test_only_members_posts_can_be_reported(world: World, who: dict[str, Any], has_standing: bool) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    if has_standing:
        regular(world, MAX)
    post = world.telegram.say(GROUP, who, "buy your tickets here")
    world.telegram.whisper(MAX, "hello bot")
    command = world.telegram.reply(GROUP, MAX, post, "/report")
    world.settle()
    assert stands(world.telegram, post)
    assert not stands(world.telegram, command)
    assert "buy your tickets here" not in world.texts_stored()
    assert "Only members' messages" in world.telegram.sent_to(MAX["id"])[-1]["text"]


def test_a_newcomers_report_has_nothing_judged(world: World) -> None:
    old = world.telegram.say(GROUP, EVE, "buy now")
    with world.telegram.world() as updates:
        updates.clear()  # the bot was not there yet
    spam(world, Mode.ENFORCE, who=MAX, text="hello")
    world.telegram.reply(GROUP, MAX, old, "/report")
    world.settle()
    assert stands(world.telegram, old)
    assert "buy now" not in world.texts_stored()


def test_report_as_a_word_under_an_administrators_post_is_a_message(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, ANN, "here is the yearly report?")
    said = world.telegram.reply(GROUP, MAX, post, "report")
    world.settle()
    assert stands(world.telegram, said)
    assert "report" in world.texts_stored()


def test_enough_reports_of_a_picture_are_told_once_where_moderators_read(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello", who=user(70, "Newcomer"))
    ida = user(20, "Ida")
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    for who in (MAX, ida):
        regular(world, who)
        world.telegram.reply(GROUP, who, picture, "/report")
    world.telegram.reply(GROUP, ida, picture, "/report")
    world.settle()
    assert len([m for m in world.telegram.sent_to(GROUP) if "Members reported a message" in m["text"]]) == 1


# The linked channel


def test_the_linked_channel_is_neither_judged_nor_banned_in_its_own_group(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    post = of_the_channel(world, "buy our new book")
    world.telegram.reply(GROUP, ANN, post, "/spam")
    world.settle()
    assert stands(world.telegram, post)
    assert not world.telegram.banned_channels
    assert "own channel" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_another_channel_is_judged_and_banned(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    world.telegram.link_channel(GROUP, {"id": -1055})
    post = world.telegram.say(GROUP, AS_A_CHANNEL, "buy our new book", sender_chat=CHANNEL)
    world.settle()
    assert not stands(world.telegram, post)
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels


def test_who_writes_as_the_linked_channel_moderates(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    of_the_channel(world, "/spam", reply_to_message=world.telegram.messages[GROUP, message_id])
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_a_channels_post_that_is_forwarded_orders_nothing(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    of_the_channel(world, "/pause", is_automatic_forward=True)
    world.settle()
    assert world.chat(GROUP).paused_at is None


# Service messages

SERVICE: dict[str, dict[str, Any]] = {
    "a topic": {"forum_topic_created": {"name": "Pizza", "icon_color": 1}},
    "a title": {"new_chat_title": "Gardeners"},
    "a call": {"video_chat_started": {}},
    "a boost": {"boost_added": {"boost_count": 1}},
}


@pytest.mark.parametrize("about", SERVICE)
@pytest.mark.parametrize("word", ["ham", "ban", "spam", "warn"])
def test_a_word_under_a_service_message_is_conversation(world: World, about: str, word: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    told = world.telegram.say(GROUP, MAX, None, **SERVICE[about])
    said = world.telegram.reply(GROUP, ANN, told, word)
    world.settle()
    assert stands(world.telegram, said)
    assert stands(world.telegram, told)
    assert world.telegram.status(GROUP, MAX) == "member"


@pytest.mark.parametrize("about", SERVICE)
def test_a_command_under_a_service_message_is_answered(world: World, about: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    told = world.telegram.say(GROUP, MAX, None, **SERVICE[about])
    world.telegram.reply(GROUP, ANN, told, "/ban")
    world.settle()
    assert "That message has no author" in world.telegram.sent_to(GROUP)[-1]["text"]


@pytest.mark.parametrize("word", ["ban", "ham"])
def test_a_word_under_a_channels_post_is_conversation(world: World, word: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, TELEGRAM, "our news", sender_chat=CHANNEL, is_automatic_forward=True)
    said = world.telegram.reply(GROUP, ANN, post, word)
    world.settle()
    assert stands(world.telegram, said)
    assert stands(world.telegram, post)


@pytest.mark.parametrize("word", ["/ban", "ban", "/spam", "/ban for good"])
@pytest.mark.parametrize("came", [True, False], ids=["came", "left"])
def test_an_order_under_a_join_or_a_leave_means_who_came_or_left(world: World, word: str, came: bool) -> None:
    spam(world, Mode.TRAINING, text="hello", who=MAX)
    about = {"new_chat_members": [EVE]} if came else {"left_chat_member": EVE}
    told = world.telegram.say(GROUP, MAX, None, **about)
    command = world.telegram.reply(GROUP, ANN, told, word)
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert world.telegram.status(GROUP, MAX) == "member", "who let them in is not meant"
    assert not stands(world.telegram, told)
    assert not stands(world.telegram, command)


def test_an_order_under_an_administrators_join_spares_them(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    told = world.telegram.say(GROUP, BOB, None, new_chat_members=[BOB])
    world.telegram.reply(GROUP, ANN, told, "/ban")
    world.settle()
    assert world.telegram.called("banChatMember") == []
    assert "An administrator wrote that" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_command_that_answers_nothing_says_so_to_moderators_alone(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, ANN, "/spam")
    world.telegram.say(GROUP, MAX, "/spam")
    world.settle()
    assert [m["text"] for m in world.telegram.sent_to(GROUP)] == ["Reply to the message that you mean."]
    assert "/spam" in world.texts_stored()


# Words and other bots


def test_ham_on_the_pizza_is_no_order(world: World) -> None:
    question = spam(world, Mode.TRAINING, text="What goes on the pizza?")
    said = world.telegram.reply(GROUP, ANN, question, "ham")
    world.settle()
    assert stands(world.telegram, said)
    assert count(world.engine, "corrections") == 0


def test_ham_without_a_slash_undoes_what_was_flagged(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="maybe this")
    said = world.telegram.reply(GROUP, ANN, message_id, "ham")
    world.settle()
    assert not stands(world.telegram, said)
    assert given.values(world.engine, Correction.is_spam) == [False]


@pytest.mark.parametrize(
    "words", ["/ban@Other_bot", "/spam@Other_bot", "/warn@other_bot", "/ham@Other_bot", "/report@Other_bot"]
)
def test_another_bots_command_is_not_ours(world: World, words: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    commands = [world.telegram.reply(GROUP, who, message_id, words) for who in (ANN, MAX)]
    world.settle()
    assert stands(world.telegram, message_id)
    assert all(stands(world.telegram, command) for command in commands)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert count(world.engine, "orders") == count(world.engine, "reports") == 0


# Notices


@pytest.mark.parametrize("word", ["spam", "/spam", "/ban"])
def test_an_order_in_answer_to_a_notice_means_what_it_shows(world: World, word: str) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.reply(GROUP, ANN, notice["message_id"], word)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert stands(world.telegram, notice["message_id"])
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert world.texts_stored() == ["buy now"]


def test_what_a_notice_shows_is_meant_though_it_was_edited_since(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.edit(GROUP, message_id, "sorry, wrong chat")
    world.settle()
    world.telegram.reply(GROUP, ANN, notice["message_id"], "/spam")
    world.settle()
    assert given.learned(world.engine) == [("buy now", True)]


def test_a_member_orders_nothing_in_answer_to_a_notice(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.reply(GROUP, MAX, notices(world.telegram)[0]["message_id"], "/spam")
    world.settle()
    assert stands(world.telegram, message_id)


# Albums and copies


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("caption", ["come and see", None])
def test_an_order_on_any_part_of_an_album_means_all_of_it(world: World, which: int, caption: str | None) -> None:
    spam(world, Mode.TRAINING, text="hello")
    pictures = [[{"file_id": n, "file_unique_id": n, "width": 1, "height": 1}] for n in "123"]
    parts = [
        world.telegram.say(GROUP, MAX, None, caption=words, media_group_id="a", photo=picture)
        for words, picture in zip([None, caption], pictures, strict=False)
    ]
    world.settle()
    world.telegram.reply(GROUP, ANN, parts[which], "/spam")
    world.settle()
    late = world.telegram.say(GROUP, MAX, None, media_group_id="a", photo=pictures[2])
    world.settle()
    assert not any(stands(world.telegram, part) for part in (*parts, late))
    assert given.learned(world.engine) == ([(caption, True)] if caption else [])
    assert world.telegram.status(GROUP, MAX) == "kicked"


def test_words_that_another_member_said_first_are_not_learned_and_moderators_are_told(world: World) -> None:
    first = spam(world, Mode.TRAINING, text="The roses need water in the morning", who=MAX)
    copy = world.telegram.say(GROUP, EVE, "The roses need water in the morning")
    world.settle()
    world.telegram.reply(GROUP, ANN, copy, "/spam")
    world.settle()
    assert stands(world.telegram, first)
    assert (world.telegram.status(GROUP, EVE), world.telegram.status(GROUP, MAX)) == ("kicked", "member")
    assert count(world.engine, "corrections") == 0
    assert "said the same words first" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_copy_of_what_is_known_as_spam_is_learned(world: World) -> None:
    first = spam(world, Mode.TRAINING, text="come and see", who=MAX)
    world.telegram.reply(GROUP, ANN, first, "/spam")
    world.settle()
    copy = world.telegram.say(GROUP, EVE, "come and see")
    world.settle()
    world.telegram.reply(GROUP, ANN, copy, "/spam")
    world.settle()
    assert given.learned(world.engine) == [("come and see", True)] * 2


# Commands with more behind them, edited, under a picture


@pytest.mark.parametrize("words", ["/ban 7d", "/spam a scam", "/warn no ads here", "/ham sorry", "/ban@hamlet_bot 7d"])
def test_a_command_with_other_words_behind_it_is_answered_and_not_guessed(world: World, words: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    world.telegram.reply(GROUP, ANN, message_id, words)
    world.settle()
    assert "no other words after it" in world.telegram.sent_to(GROUP)[-1]["text"]
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"


def test_a_report_with_its_reason_is_a_report_of_those_in_good_standing(world: World) -> None:
    regular(world, MAX)
    message_id = spam(world, Mode.ENFORCE, text="come and see")
    reported = world.telegram.reply(GROUP, MAX, message_id, "/report he wants us to buy coins")
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "member"
    assert given.values(world.engine, Report.reporter_id) == [MAX["id"]]
    assert not stands(world.telegram, reported)


def test_words_behind_a_newcomers_report_are_judged(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, text="come and see", who=MAX)
    world.telegram.reply(GROUP, EVE, message_id, "/report buy now t.me/x")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"


@pytest.mark.parametrize("how", ["edited", "under a picture"])
def test_a_command_is_one_however_it_is_said(world: World, how: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    if how == "edited":
        said = world.telegram.reply(GROUP, ANN, message_id, "/spma")
        world.settle()
        world.telegram.edit(GROUP, said, "/spam")
    else:
        world.telegram.say(
            GROUP, ANN, None, caption="/spam", photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
            reply_to_message=world.telegram.messages[GROUP, message_id],
        )  # fmt: skip
    world.settle()
    assert not stands(world.telegram, message_id)


def test_a_word_edited_in_is_conversation(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    said = world.telegram.reply(GROUP, ANN, message_id, "no")
    world.telegram.edit(GROUP, said, "spam")
    world.settle()
    assert stands(world.telegram, message_id)


@pytest.mark.parametrize("word", ["/spam", "/report"])
def test_an_edit_that_was_missed_is_in_the_reply(world: World, word: str) -> None:
    regular(world, MAX)
    message_id = spam(world, Mode.TRAINING, text="good morning everybody")
    edited = {"text": "buy the other thing", "edit_date": int(time.time()) + 1}
    world.telegram.messages[GROUP, message_id] |= edited
    world.telegram.reply(GROUP, ANN if word == "/spam" else MAX, message_id, word)
    world.settle()
    assert "buy the other thing" in world.texts_stored()
    assert given.learned(world.engine) == ([("buy the other thing", True)] if word == "/spam" else [])


ADDED: dict[str, dict[str, Any]] = {
    "tasks": {"checklist_tasks_added": {"tasks": [{"id": 1, "text": "come and see"}]}},
    "an option": {"poll_option_added": {"option_persistent_id": "1", "option_text": "come and see"}},
}


@pytest.mark.parametrize("what", ADDED)
def test_what_somebody_added_is_theirs_to_be_ordered_about(world: World, what: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    added = world.telegram.say(GROUP, EVE, None, **ADDED[what])
    world.settle()
    world.telegram.reply(GROUP, ANN, added, "spam")
    world.settle()
    assert not stands(world.telegram, added)
    assert world.telegram.status(GROUP, EVE) == "kicked"
