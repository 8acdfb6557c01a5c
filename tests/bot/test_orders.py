"""What moderators and members say by a reply: /spam, /ban, /warn, /ham, /report, /why."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Correction, Explanation, Mode, Order
from tests.bot.stories import (
    ANN,
    EVE,
    GROUP,
    MAX,
    last_alert,
    notices,
    spam,
    stands,
)
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories

# Commands by reply


@pytest.mark.parametrize("words", ["/spam", "spam", "SPAM", "/Spam@hamlet_bot", " spam "])
def test_a_moderators_reply_deletes_bans_and_learns(world: World, words: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    command = world.telegram.reply(GROUP, ANN, message_id, words)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert not stands(world.telegram, command), "the command goes too"
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert given.values(world.engine, Correction.is_spam) == [True]


def test_removing_without_learning_so_that_no_harmless_text_poisons_training(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert count(world.engine, "corrections") == 0


def test_a_ban_lasts_thirty_days_unless_for_good(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    world.settle()
    first = world.telegram.called("banChatMember")[-1]
    assert int(first["until_date"]) > 0
    other = world.telegram.say(GROUP, MAX, "hello too")
    world.settle()
    world.telegram.reply(GROUP, ANN, other, "ban for good")
    world.settle()
    assert "until_date" not in world.telegram.called("banChatMember")[-1]


def test_a_warning_says_why_a_message_is_gone(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    world.telegram.reply(GROUP, ANN, message_id, "/warn")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"
    [warning] = [m for m in world.telegram.sent_to(GROUP) if "removed your message" in m["text"]]
    assert "entities" not in warning, "a name is words, never markup"


def test_ham_by_reply_undoes_and_learns(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="maybe this")
    world.telegram.reply(GROUP, ANN, message_id, "/ham")
    world.settle()
    assert given.values(world.engine, Correction.is_spam) == [False]


def test_what_a_member_replies_is_a_message_like_any_other(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    world.telegram.reply(GROUP, MAX, message_id, "spam")
    world.settle()
    assert stands(world.telegram, message_id)
    assert "spam" in world.texts_stored()


def test_an_anonymous_admin_moderates_and_is_never_judged(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, text="hello everybody")
    group = {"id": GROUP, "type": "supergroup", "title": "Gardeners"}
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    world.telegram.say(GROUP, anonymous, "buy our flowers", sender_chat=group)
    world.telegram.say(
        GROUP, anonymous, "/spam", sender_chat=group, reply_to_message=world.telegram.messages[GROUP, message_id]
    )
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert "buy our flowers" not in world.texts_stored()


def test_a_command_on_a_message_from_before_the_bot_came(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="old words")
    with world.engine.begin() as connection:
        for table in ("verdicts", "messages"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert given.values(world.engine, Correction.is_spam) == [True]
    assert all(given.values(world.engine, Order.done_at))


# Reports


def test_two_members_in_good_standing_bring_a_message_to_the_moderators(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    for who in (MAX, user(20, "Ida")):
        world.telegram.join(GROUP, who)
        for i in range(5):
            world.telegram.say(GROUP, who, f"good morning my friends {i}")
    world.settle()
    world.telegram.reply(GROUP, MAX, message_id, "/report")
    world.telegram.reply(GROUP, MAX, message_id, "/report")
    world.settle()
    assert notices(world.telegram) == []
    world.telegram.reply(GROUP, user(20, "Ida"), message_id, "report")
    world.settle()
    [notice] = notices(world.telegram)
    assert notice["text"].startswith("2 members report this")
    assert stands(world.telegram, message_id), "reports alone remove nothing"
    assert not [m for m in world.telegram.messages.values() if m["text"] == "/report"]


def test_a_newcomer_cannot_report(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    for who in (MAX, user(20, "Ida")):
        world.telegram.reply(GROUP, who, message_id, "/report")
    world.settle()
    assert notices(world.telegram) == []


EXPLAINED: dict[str, Any] = {
    "ngrams": [["buy ", 2.31], [" now", -0.4]],
    "nearest": [{"chat": 1, "text": "buy later", "is_spam": True, "similarity": 0.87}],
}


def test_why_is_answered_under_the_notice_with_what_weighs_and_the_nearest_examples(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Why?")
    world.settle()
    assert "score 0.970, model v1; shown to moderators from 0.500, clear spam from 0.900" in last_alert(world)
    world.explain(**EXPLAINED)
    answer = world.telegram.sent_to(GROUP)[-1]
    assert "Strongest n-grams: “buy” +2.3, “now” -0.4" in answer["text"]
    assert answer["text"].endswith("0.87 spam: buy later")
    [hidden] = answer["entities"]
    assert hidden["type"] == "spoiler"
    assert answer["text"][hidden["offset"] :] == "0.87 spam: buy later", "what others wrote stays hidden until tapped"


def test_why_by_reply_is_answered_to_moderators_alone(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.reply(GROUP, MAX, message_id, "/why")
    world.settle()
    assert given.values(world.engine, Explanation.verdict_id) == []
    command = world.telegram.reply(GROUP, ANN, message_id, "/why")
    world.settle()
    world.explain(**EXPLAINED)
    assert "score 0.970" in world.telegram.sent_to(GROUP)[-1]["text"]
    assert not stands(world.telegram, command)


def test_why_of_what_was_not_judged_says_so(world: World) -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    message_id = world.telegram.say(GROUP, ANN, "moderators are not judged")
    world.telegram.reply(GROUP, ANN, message_id, "/why")
    world.settle()
    assert world.telegram.sent_to(GROUP)[-1]["text"] == "I have not judged that message."


def test_a_worker_that_cannot_explain_says_why(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Why?")
    world.settle()
    world.explain(error="the text is too long")
    assert "It cannot be explained: the text is too long" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_status_is_answered(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.say(GROUP, ANN, "/status")
    world.settle()
    assert "1 judged, 1 flagged" in world.telegram.sent_to(GROUP)[-1]["text"]
