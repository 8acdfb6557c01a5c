"""Whatever a reader sees reaches the classifier, of whatever kind the message is."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, spam, stands
from tests.bot.world import World
from tests.telegram_server import user

pytestmark = pytest.mark.stories


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
    "rich message": {
        "rich_message": {"blocks": [{"type": "paragraph", "text": ["see ", {"type": "bold", "text": "buy"}]}]}
    },
    "venue": {
        "venue": {"location": {"longitude": 1.0, "latitude": 2.0}, "title": "buy now", "address": "t.me/x"},
        "location": {"longitude": 1.0, "latitude": 2.0},
    },
    "file name": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "buy now.apk"}},
    "title of audio": {"audio": {"file_id": "a", "file_unique_id": "a", "duration": 1, "title": "buy now"}},
    "contact": {"contact": {"phone_number": "+1", "first_name": "buy now"}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "Earn?",
            "options": [{"text": "buy", "voter_count": 0, "persistent_id": "1"}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    },
    "game": {"game": {"title": "Chess", "description": "buy now", "photo": []}},
    "invoice": {
        "invoice": {
            "title": "Coins",
            "description": "buy",
            "start_parameter": "x",
            "currency": "EUR",
            "total_amount": 1,
        }
    },
    "giveaway": {
        "giveaway": {
            "chats": [BOSS],
            "winners_selection_date": 1767225600,
            "winner_count": 5,
            "prize_description": "buy one",
        }
    },
    "label of a button": {
        "text": "hi",
        "reply_markup": {"inline_keyboard": [[{"text": "buy", "url": "https://x.example"}]]},
    },
    "address of a link preview": {"text": "hi", "link_preview_options": {"url": "https://buy.example"}},
    "quote of another chat": {
        "text": "Money came at once!",
        "external_reply": {"origin": {"type": "channel", "date": 1767139200, "chat": BOSS, "message_id": 3}},
        "quote": {"text": "buy 500$ a day", "position": 0},
    },
    "a kind of a future Bot API": {"hologram": {"layers": [{"words": "buy now"}], "depth": 3}},
}


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
    message_id = world.telegram.say(GROUP, MAX, None, **content)
    world.settle()
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, MAX) == "kicked"


def test_a_quote_out_of_another_topic_of_this_chat_is_not_its_quoters(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    origin = {"type": "user", "date": 1767139200, "sender_user": EVE}
    elsewhere = {"origin": origin, "chat": {"id": GROUP, "type": "supergroup", "title": "Gardeners"}, "message_id": 3}
    quote = {"text": "buy now", "position": 0}
    message_id = world.telegram.say(GROUP, MAX, "what is this?", external_reply=elsewhere, quote=quote)
    world.settle()
    assert stands(world.telegram, message_id)


@pytest.mark.parametrize("word", ["/start", "/status@hamlet_bot", "/settings", "/why", "/link", "/retrain"])
def test_words_behind_the_bots_own_commands_are_judged(world: World, word: str) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    message_id = world.telegram.say(GROUP, MAX, f"{word} buy now t.me/x")
    world.settle()
    assert not stands(world.telegram, message_id)
