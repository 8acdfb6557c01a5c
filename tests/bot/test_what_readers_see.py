"""Whatever a reader sees reaches the classifier, and the notice shows it without advertising it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from storage.models import Message, Mode, Verdict
from storage.session import transaction
from tests.bot.stories import (
    ANN,
    CHANNEL,
    EVE,
    GROUP,
    MAX,
    notices,
    spam,
    stands,
)
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories

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
    assert "press it\nGo\nhttps://buy.example/now" in world.texts_stored()


def test_a_quote_is_not_its_quoters(world: World) -> None:
    message_id = spam(world, Mode.OBSERVE)
    world.mode(Mode.ENFORCE)
    quote = {"text": "buy now", "position": 0}
    world.telegram.say(
        GROUP, MAX, "what is this?", reply_to_message=world.telegram.messages[GROUP, message_id], quote=quote
    )
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "member"


BOSS = {"id": -1011, "type": "channel", "title": "Coin club"}
KINDS: dict[str, dict[str, Any]] = {
    "checklist": {"checklist": {"title": "buy 500$ a day", "tasks": [{"id": 1, "text": "write to @boss_example"}]}},
    "rich message": {"rich_message": {"blocks": [{"type": "paragraph", "text": ["see ", {"type": "bold", "text": "buy"}]}]}},
    "venue": {
        "venue": {"location": {"longitude": 1.0, "latitude": 2.0}, "title": "buy now", "address": "t.me/x"},
        "location": {"longitude": 1.0, "latitude": 2.0},
    },
    "file name": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "buy now.apk"}},
    "title of audio": {"audio": {"file_id": "a", "file_unique_id": "a", "duration": 1, "title": "buy now"}},
    "contact": {"contact": {"phone_number": "+1", "first_name": "buy now"}},
    "poll": {
        "poll": {
            "id": "1", "question": "Earn?", "options": [{"text": "buy", "voter_count": 0, "persistent_id": "1"}],
            "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
            "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
        }
    },
    "game": {"game": {"title": "Chess", "description": "buy now", "photo": []}},
    "invoice": {
        "invoice": {"title": "Coins", "description": "buy", "start_parameter": "x", "currency": "EUR", "total_amount": 1}
    },
    "giveaway": {
        "giveaway": {
            "chats": [BOSS], "winners_selection_date": 1767225600, "winner_count": 5, "prize_description": "buy one"
        }
    },
    "label of a button": {"text": "hi", "reply_markup": {"inline_keyboard": [[{"text": "buy", "url": "https://x.example"}]]}},
    "address of a link preview": {"text": "hi", "link_preview_options": {"url": "https://buy.example"}},
    "quote of another chat": {
        "text": "Money came at once!",
        "external_reply": {"origin": {"type": "channel", "date": 1767139200, "chat": BOSS, "message_id": 3}},
        "quote": {"text": "buy 500$ a day", "position": 0},
    },
    "a kind of a future Bot API": {"hologram": {"layers": [{"words": "buy now"}], "depth": 3}},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_reader_sees_is_judged(world: World, kind: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    content = dict(KINDS[kind])
    world.telegram.say(GROUP, MAX, content.pop("text", None), **content)
    world.settle()
    assert len(notices(world.telegram)) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"story": {"chat": BOSS, "id": 3}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"hologram": {"layers": [], "depth": 3}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_has_no_words_can_be_ordered_away(world: World, content: dict[str, Any]) -> None:
    spam(world, Mode.TRAINING, text="hello")
    said = world.telegram.say(GROUP, MAX, None, **content)
    world.settle()
    world.telegram.reply(GROUP, ANN, said, "/spam")
    world.settle()
    assert not stands(world.telegram, said)
    assert world.telegram.status(GROUP, MAX) == "kicked"


def test_a_quote_out_of_another_topic_of_this_chat_is_not_its_quoters(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    origin = {"type": "user", "date": 1767139200, "sender_user": EVE}
    elsewhere = {"origin": origin, "chat": {"id": GROUP, "type": "supergroup", "title": "Gardeners"}, "message_id": 3}
    quote = {"text": "buy now", "position": 0}
    said = world.telegram.say(GROUP, MAX, "what is this?", external_reply=elsewhere, quote=quote)
    world.settle()
    assert stands(world.telegram, said)


@pytest.mark.parametrize("word", ["/start", "/status@hamlet_bot", "/settings", "/why", "/link", "/retrain"])
def test_words_behind_the_bots_own_commands_are_judged(world: World, word: str) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    said = world.telegram.say(GROUP, MAX, f"{word} buy now t.me/x")
    world.settle()
    assert not stands(world.telegram, said)


def test_a_picture_swapped_by_an_edit_is_judged_and_shown_anew(world: World) -> None:
    world.telegram.pictures |= {"rose", "coins"}
    spam(world, Mode.TRAINING, text="hello")
    said = world.telegram.say(GROUP, EVE, None, caption="buy a rose", photo=[photo("rose")])
    world.settle()
    world.telegram.edit(GROUP, said, photo=[photo("coins")])
    world.settle()
    [notice] = notices(world.telegram)
    assert notice["photo"][0]["file_id"] == "coins"
    assert given.values(world.engine, Verdict.edit) == [0, 0, 1]


def of_kind(kind: str, number: str, file_id: str | None = None) -> dict[str, Any]:
    """A message's medium of that kind, as Telegram numbers it for all, and for this bot."""
    file = {"file_id": file_id or number, "file_unique_id": number}
    seen, lasts = {"width": 10, "height": 10}, {"duration": 1}
    clip = file | seen | lasts | {"thumbnail": photo(f"preview of {file_id or number}")}
    sticker = file | seen | {"type": "regular", "is_animated": False, "is_video": False}
    paid = {"star_count": 1, "paid_media": [{"type": "photo", "photo": [photo("small"), photo(number)]}]}
    media: dict[str, Any] = {
        "photo": [file | seen, file | seen], "video": clip, "animation": clip, "document": file, "audio": file | lasts,
        "voice": file | lasts, "video_note": file | lasts | {"length": 10}, "sticker": sticker, "paid_media": paid,
        "live_picture": clip,
    }  # fmt: skip
    return {kind: media[kind]}


MEDIA = (
    "photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker", "paid_media", "live_picture",
)  # fmt: skip


@pytest.mark.parametrize("kind", MEDIA)
def test_a_medium_swapped_by_an_edit_is_judged_anew_and_the_same_one_is_not(world: World, kind: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    said = world.telegram.say(GROUP, EVE, None, caption="buy a rose", **of_kind(kind, "rose"))
    world.settle()
    world.telegram.edit(GROUP, said, **of_kind(kind, "rose", "the rose under another number"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 0]
    world.telegram.edit(GROUP, said, **of_kind(kind, "coins"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 0, 1]


def test_a_medium_that_an_edit_puts_under_old_words_is_judged_with_them(world: World) -> None:
    said = spam(world, Mode.TRAINING, text="buy a rose")
    world.telegram.edit(GROUP, said, "buy a rose", **of_kind("document", "coins"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 1]


def test_what_was_received_before_media_were_told_apart_is_new_with_another_picture_only(world: World) -> None:
    world.telegram.pictures |= {"rose", "coins"}
    spam(world, Mode.TRAINING, text="hello")
    said = world.telegram.say(GROUP, EVE, None, caption="buy a rose", photo=[photo("rose")])
    world.settle()
    with transaction(world.engine) as session:
        session.execute(update(Message).values(media_id=None))
    for number, edits in (("rose", [0, 0]), ("coins", [0, 0, 1])):
        world.telegram.edit(GROUP, said, photo=[photo(number)])
        world.settle()
        assert given.values(world.engine, Verdict.edit) == edits


# Names


def test_a_newcomers_name_that_advertises_is_judged_with_their_first_words(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    loud = user(66, "buy FREE COINS t.me/x_example")
    world.telegram.join(GROUP, loud)
    world.telegram.say(GROUP, loud, "hi")
    world.settle()
    [notice] = notices(world.telegram)
    assert "COINS" not in notice["text"]
    assert "the author's name was judged too" in notice["text"]


LOUD = user(MAX["id"], "buy FREE COINS t.me/x_example")


def renamed(world: World) -> int:
    """Max has written for long, and takes an advertisement for a name. Returns the number of his last message before that."""
    spam(world, Mode.TRAINING, text="hello")
    for n in range(5):
        said = world.telegram.say(GROUP, MAX, f"the roses are in flower, week {n}")
    world.settle()
    assert notices(world.telegram) == []
    return said


def test_a_name_is_judged_when_it_changes_however_much_its_bearer_has_written(world: World) -> None:
    renamed(world)
    for n in range(4):
        world.telegram.say(GROUP, LOUD, f"hi {n}")
    world.settle()
    assert [text.startswith(LOUD["first_name"]) for text in world.texts_stored()[-4:]] == [True, True, True, False]
    assert "COINS" not in str(notices(world.telegram))


def test_a_new_name_that_comes_with_an_edit_is_judged_and_not_repeated(world: World) -> None:
    said = renamed(world)
    world.telegram.edit(GROUP, said, "hi", **{"from": LOUD})
    world.settle()
    [notice] = notices(world.telegram)
    assert "COINS" not in str(notice)
    assert "the author's name was judged too" in notice["text"]


def test_a_picture_alone_by_somebody_whose_name_advertises_is_judged(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, user(66, "buy coins now"), None, photo=[photo("p")])
    world.settle()
    assert len(notices(world.telegram)) == 1


def test_a_mere_name_is_no_part_of_what_is_judged(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, user(66, "Buy Smith"), "good morning")
    world.settle()
    assert "good morning" in world.texts_stored()


def test_a_warning_does_not_repeat_a_name_that_advertises(world: World) -> None:
    loud = user(67, "CHEAP PILLS t.me/x_example")
    message_id = spam(world, Mode.TRAINING, who=loud, text="hello")
    world.telegram.reply(GROUP, ANN, message_id, "/warn")
    world.settle()
    said = [m["text"] for m in world.telegram.sent_to(GROUP)]
    assert said == ["A moderator removed a message: it is not welcome here."]


def test_a_renamed_group_is_called_by_its_new_name(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.add_group(GROUP, "Rose lovers")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert "Rose lovers" in notices(world.telegram)[0]["text"]


# Channels, albums and pictures


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


SHOP = "buy coins, 500$ a day"
BESIDE: dict[str, dict[str, Any]] = {
    "a channel": {"forward_origin": {"type": "channel", "date": 1, "message_id": 4, "chat": BOSS | {"title": SHOP}}},
    "a chat": {"forward_origin": {"type": "chat", "date": 1, "sender_chat": BOSS | {"title": SHOP}}},
    "somebody hidden": {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": SHOP}},
    "somebody": {"forward_origin": {"type": "user", "date": 1, "sender_user": user(30, SHOP)}},
    "a quote": {"external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": SHOP}}},
    "a tag": {"sender_tag": "buy t.me/x"},
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_name_beside_the_message_that_advertises_is_judged(world: World, kind: str) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    flagged = world.telegram.say(GROUP, EVE, "look", **BESIDE[kind])
    world.settle()
    assert not stands(world.telegram, flagged)


def test_a_mere_name_beside_the_message_is_not(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    origin = {"type": "channel", "date": 1, "message_id": 4, "chat": BOSS | {"title": "City news"}}
    world.telegram.say(GROUP, EVE, "look", forward_origin=origin, sender_tag="gardener")
    world.settle()
    assert "look" in world.texts_stored()
