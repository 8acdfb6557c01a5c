"""Stories of groups and their moderators, each from a member's message to what the group looks like afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.models import Correction, CorrectionState, Mode, Order
from tests import fresh
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given
from tests.telegram_server import BOT, Refused, TelegramServer, user

GROUP, OTHER, MODERATORS = -1001, -1003, -1002
ANN, BOB, MAX, EVE = user(11, "Ann"), user(14, "Bob"), user(12, "Max"), user(13, "Eve <b>bold</b>")
CHANNEL = {"id": -1009, "type": "channel", "title": "Cheap <i>things</i>"}


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def telegram(one_telegram: TelegramServer) -> TelegramServer:
    server = one_telegram
    with server.world() as updates:
        updates.clear()
    for kept in (server.messages, server.calls, server.started, server.banned_channels, server.pictures):
        kept.clear()
    for chat_id, title in ((GROUP, "Gardeners"), (OTHER, "Cooks"), (MODERATORS, "Moderators")):
        server.add_group(chat_id, title)
        for who in (ANN, BOB):
            server.join(chat_id, who, "administrator", can_delete_messages=True, can_restrict_members=True)
        for who in (MAX, EVE):
            server.join(chat_id, who)
    return server


@pytest.fixture
def world(telegram: TelegramServer, tmp_path: Path) -> Iterator[World]:
    made = World(telegram, fresh.sqlite(tmp_path / "world.sqlite3"))
    yield made
    made.close()


def notices(telegram: TelegramServer, chat_id: int = GROUP) -> list[dict[str, Any]]:
    return [m for m in telegram.sent_to(chat_id) if "Why?" in str(m.get("reply_markup", ""))]


def stands(telegram: TelegramServer, message_id: int, chat_id: int = GROUP) -> bool:
    return (chat_id, message_id) in telegram.messages


def spam(world: World, mode: Mode, who: dict[str, Any] = EVE, text: str = "buy now") -> int:
    """Spam in a group of that mode, and all that follows from it by itself."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(mode)
    message_id = world.telegram.say(GROUP, who, text)
    world.settle()
    return message_id


# Modes


@pytest.mark.parametrize(
    ("mode", "is_gone", "status"),
    [
        (Mode.OBSERVE, False, "member"),
        (Mode.TRAINING, False, "member"),
        (Mode.SOFT, True, "restricted"),
        (Mode.ENFORCE, True, "kicked"),
    ],
)
def test_a_mode_does_by_itself_what_it_says(world: World, mode: Mode, is_gone: bool, status: str) -> None:
    message_id = spam(world, mode)
    assert stands(world.telegram, message_id) is not is_gone
    assert world.telegram.status(GROUP, EVE) == status
    [notice] = notices(world.telegram)
    assert ("deleted" in notice["text"]) is is_gone


@pytest.mark.parametrize("mode", [Mode.SOFT, Mode.ENFORCE])
def test_an_undo_leaves_no_restriction_behind(world: World, mode: Mode) -> None:
    spam(world, mode)
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) in ("member", "left"), "a ban lifted leaves them free to join"
    assert given.values(world.engine, Correction.is_spam) == [False]
    assert "Ann: not spam" in notices(world.telegram)[0]["text"]
    assert "· banned" not in notices(world.telegram)[0]["text"]


def test_a_training_chat_acts_when_a_moderator_confirms(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.press(MAX, notices(world.telegram)[0], "Spam")
    world.settle()
    assert stands(world.telegram, message_id), "Max is no moderator"
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_a_double_click_is_one_correction(world: World) -> None:
    spam(world, Mode.TRAINING)
    for _ in range(3):
        world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert count(world.engine, "corrections") == 1
    assert len(world.telegram.called("banChatMember")) == 1


def test_moderators_who_disagree_see_it_and_nothing_more_is_done(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.hear()
    world.telegram.press(BOB, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert set(given.values(world.engine, Correction.state)) == {CorrectionState.DISPUTED}
    assert "You disagree" in notices(world.telegram)[0]["text"]


def test_moderators_are_never_acted_on(world: World) -> None:
    spam(world, Mode.ENFORCE, who=ANN)
    assert world.telegram.status(GROUP, ANN) == "administrator"


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
            world.telegram.say(GROUP, who, f"good morning {i}")
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


# Setting up


def test_start_in_a_group_tells_what_is_missing(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    world.telegram.say(GROUP, MAX, "/start")
    world.settle()
    assert world.telegram.sent_to(GROUP) == [], "only moderators are answered"
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    [told] = world.telegram.sent_to(GROUP)
    assert "✓ I may delete messages" in told["text"]
    assert "✗ let me ban users" in told["text"]
    assert "✗ link a moderators' chat" in told["text"]


def linked(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], "Link a moderators' chat")
    world.settle()
    code = world.telegram.called("answerCallbackQuery")[-1]["text"].split("/link ")[1]
    world.telegram.say(MODERATORS, MAX, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id is None, "a code works for whom it was given"
    world.telegram.say(MODERATORS, ANN, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id == MODERATORS
    world.telegram.say(OTHER, ANN, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id == MODERATORS, "a code works once"


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
    for label in ("enforce", "strict", "Русский"):
        world.telegram.press(ANN, menu, label)
        world.settle()
    chat = world.chat(GROUP)
    assert (chat.mode, chat.strictness, chat.language) == (Mode.ENFORCE, "strict", "ru")
    assert "Режим: действую сам" in world.telegram.sent_to(GROUP)[-1]["text"]


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


# What a reader sees reaches the classifier


def test_an_edit_of_a_good_message_into_spam_is_acted_on(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, text="hello everybody")
    world.telegram.edit(GROUP, message_id, "buy now")
    world.settle()
    assert not stands(world.telegram, message_id)


def test_hidden_links_and_buttons_count_as_text(world: World) -> None:
    entities = [{"type": "text_link", "offset": 0, "length": 4, "url": "https://buy.example"}]
    hidden = spam(world, Mode.ENFORCE, text="look at this")
    world.telegram.say(GROUP, MAX, "look here", entities=entities)
    keyboard = {"inline_keyboard": [[{"text": "Go", "url": "https://buy.example/now"}]]}
    world.telegram.say(GROUP, user(20, "Ida"), "press it", reply_markup=keyboard)
    world.settle()
    assert stands(world.telegram, hidden)
    assert world.telegram.status(GROUP, MAX) == "kicked"
    assert "press it\nhttps://buy.example/now" in world.texts_stored()


def test_a_quote_is_not_its_quoters(world: World) -> None:
    message_id = spam(world, Mode.OBSERVE)
    world.mode(Mode.ENFORCE)
    quote = {"text": "buy now", "position": 0}
    world.telegram.say(
        GROUP, MAX, "what is this?", reply_to_message=world.telegram.messages[GROUP, message_id], quote=quote
    )
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "member"


def test_a_channel_that_spams_is_kept_from_writing_and_freed_again(world: World) -> None:
    somebody = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(Mode.ENFORCE)
    world.telegram.say(GROUP, somebody, "buy cheap", sender_chat=CHANNEL)
    world.settle()
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.banned_channels == set()


def test_the_linked_channels_posts_are_not_judged(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    somebody = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    post = world.telegram.say(GROUP, somebody, "buy our book", sender_chat=CHANNEL, is_automatic_forward=True)
    world.settle()
    assert stands(world.telegram, post)


def test_an_album_is_one_decision(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    parts = [
        world.telegram.say(GROUP, EVE, None, media_group_id="a", photo=[photo("1")]),
        world.telegram.say(GROUP, EVE, None, caption="buy now", media_group_id="a", photo=[photo("2")]),
    ]
    world.settle()
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert not any(stands(world.telegram, part) for part in parts)


def photo(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 10, "height": 10}


def test_a_notice_shows_the_picture_behind_a_spoiler(world: World) -> None:
    world.telegram.pictures.add("p")
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, None, caption="buy now", photo=[photo("p")])
    world.settle()
    [notice] = notices(world.telegram)
    assert notice["photo"][0]["file_id"] == "p"
    assert str(notice["has_spoiler"]).lower() == "true"
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert "Ann: spam" in notices(world.telegram)[0]["caption"]


def test_a_picture_telegram_lost_leaves_a_notice_of_words(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, None, caption="buy now", photo=[photo("gone")])
    world.settle()
    assert "buy now" in notices(world.telegram)[0]["text"]


def test_a_spammers_name_is_not_repeated_in_the_notice(world: World) -> None:
    spam(world, Mode.TRAINING)
    assert "Eve" not in notices(world.telegram)[0]["text"]


def test_a_group_that_becomes_a_supergroup_keeps_its_settings(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    world.telegram.add_group(-1007, "Gardeners")
    world.telegram.join(-1007, EVE)
    world.telegram.say(GROUP, ANN, None, migrate_to_chat_id=-1007)
    world.telegram.say(-1007, ANN, None, migrate_from_chat_id=GROUP)
    gone = world.telegram.say(-1007, EVE, "buy now")
    world.settle()
    assert not stands(world.telegram, gone, -1007)
    assert world.telegram.status(-1007, EVE) == "kicked"


# A raid


def test_a_raid_is_one_notice_with_one_button(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    raiders = [user(100 + i, f"Raider {i}") for i in range(25)]
    for who in raiders:
        world.telegram.join(GROUP, who)
        world.telegram.say(GROUP, who, f"buy now {who['id']}")
        world.settle()
    assert len(notices(world.telegram)) == 10, "the first ones have a notice each"
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE actions SET not_before = created_at")
    world.settle()
    digest = world.telegram.sent_to(GROUP)[-1]
    assert digest["text"].startswith("15 more messages were flagged in Gardeners")
    world.telegram.press(MAX, digest, "All of them are spam")
    world.settle()
    assert count(world.engine, "corrections") == 0
    for _ in range(2):
        world.telegram.press(ANN, digest, "All of them are spam")
        world.settle()
    assert count(world.engine, "corrections") == 15
    world.settle()
    assert [world.telegram.status(GROUP, who) for who in raiders] == ["member"] * 10 + ["kicked"] * 15


# When Telegram refuses


def test_a_right_that_is_missing_is_said_in_the_notice(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    spam(world, Mode.ENFORCE)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert "could not be banned: has the bot the right to?" in notices(world.telegram)[0]["text"]
    assert "not enough rights" in str(world.failed_actions()).lower()


def test_a_half_done_sequence_is_completed(world: World) -> None:
    world.telegram.fail_next("banChatMember", Refused(502, "Bad Gateway"))
    spam(world, Mode.ENFORCE)
    assert world.telegram.status(GROUP, EVE) == "member"
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE actions SET not_before = created_at")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"


# Members' rights


def test_a_banned_member_is_heard_once(world: World) -> None:
    spam(world, Mode.ENFORCE)
    for _ in range(2):
        world.telegram.whisper(EVE, "/appeal It was <b>my</b> garden sale")
        world.settle()
    answers = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert answers == [
        "The moderators see your case again.",
        "You have appealed already; the moderators have seen it.",
    ]
    _, again = notices(world.telegram)
    assert "Appeal: It was <b>my</b> garden sale" in again["text"]
    world.telegram.press(ANN, again, "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "left"
    world.telegram.whisper(MAX, "/appeal")
    world.settle()
    assert world.telegram.sent_to(MAX["id"])[-1]["text"] == "I have not banned you anywhere."


def test_a_member_sees_and_erases_what_is_stored(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.whisper(EVE, "/mydata")
    world.telegram.whisper(EVE, "/forget")
    world.settle()
    told = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert told[0].startswith("Gardeners: 1 of your messages, 1 of them flagged")
    assert "buy now" in world.texts_stored(), "asked once, nothing is erased yet"
    world.telegram.whisper(EVE, "/forget yes")
    world.telegram.whisper(EVE, "/mydata")
    world.settle()
    assert "buy now" not in world.texts_stored()
    assert world.telegram.sent_to(EVE["id"])[-1]["text"] == "Nothing is stored about you."
    assert count(world.engine, "verdicts") == 2, "counts stay"


def test_why_and_status_are_answered(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Why?")
    world.settle()
    assert "score 0.970, model v1" in world.telegram.called("answerCallbackQuery")[-1]["text"]
    world.telegram.say(GROUP, ANN, "/status")
    world.settle()
    assert "2 judged, 1 flagged" in world.telegram.sent_to(GROUP)[-1]["text"]
