"""Messages of kinds that nobody listed, in a group that chose everything: each ends somewhere, and nothing fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from storage.models import Hold, Message, MessageState, Mode, Update
from storage.moderation import held_messages
from storage.session import transaction
from tests.bot.hold_stories import choose
from tests.bot.speakers import AS_A_CHANNEL, AS_THE_GROUP, THE_GROUP
from tests.bot.stories import GROUP
from tests.bot.test_media import MEDIA, of_kind
from tests.bot.test_what_readers_see import KINDS
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

pytestmark = pytest.mark.stories

EVERYTHING = {
    **dict.fromkeys(("hold_links", "hold_forwards", "hold_bot_mentions", "hold_pictures", "floods"), "yes"),
    **dict.fromkeys(("weighs_scripts", "reads_joining_names", "shows_deleted", "knows_pictures"), "yes"),
    "wordless": "hold",
    "spam_removes": "chat",
    "reports_hide": "2",
    "removes_service": "yes",
}
STRANGER = {"id": -1_004_444, "type": "channel", "title": "Coins", "username": "coins_channel"}
OTHERS: dict[str, dict[str, Any]] = {
    "emoji": {"text": "🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥"},
    "a dice": {"dice": {"emoji": "🎲", "value": 3}},
    "a story": {"story": {"chat": STRANGER, "id": 1}},
    "a forwarded story": {
        "story": {"chat": STRANGER, "id": 1},
        "forward_origin": {"type": "channel", "date": 1, "chat": STRANGER, "message_id": 5},
    },
    "a forwarded poll": {
        **KINDS["poll"],
        "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "FREE COINS t.me/coins"},
    },
    "a place": {"location": {"latitude": 1.0, "longitude": 2.0}},
    "a contact": {"contact": {"phone_number": "+100", "first_name": "Rose"}},
    "a topic": {"text": "see t.me/coins", "is_topic_message": True, "message_thread_id": 77},
    "a channel": {"text": "see t.me/coins", "sender_chat": STRANGER, "who": AS_A_CHANNEL},
    "a channel's picture": {**of_kind("photo", "c"), "sender_chat": STRANGER, "who": AS_A_CHANNEL},
    "an anonymous administrator": {"text": "see t.me/coins", "sender_chat": THE_GROUP, "who": AS_THE_GROUP},
    "an album of files": {**of_kind("document", "d"), "media_group_id": "a"},
}
TAME: dict[str, dict[str, Any]] = json.loads(json.dumps(KINDS).replace("buy", "grow"))  # held rather than flagged
SAID = TAME | {kind: of_kind(kind, kind) for kind in MEDIA} | OTHERS


def says(world: World) -> None:
    for number, kind in enumerate(SAID.values()):
        content = dict(kind)
        who = content.pop("who", user(1_000 + number, "Nell"))
        world.telegram.say(GROUP, who, content.pop("text", None), **content)
    world.settle()


def ends(world: World) -> None:
    assert world.failed_actions() == []
    assert MessageState.PENDING not in given.values(world.engine, Message.state)
    assert MessageState.FAILED not in given.values(world.engine, Message.state)
    assert set(given.values(world.engine, Update.error)) <= {None}


def decide(world: World, lets_in: bool) -> None:
    """Two moderators decide about everything that is held or shown, one after the other."""
    with transaction(world.engine) as session:
        rows = session.scalars(select(Hold.message_id).where(Hold.state.in_(held_messages.OPEN))).all()
    for name in ("Ann", "Bob"):
        for row in rows:
            with transaction(world.engine) as session:
                held_messages.decide(session, row, lets_in == (name == "Ann"), f"telegram:{name}", name)
    world.settle()


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.ENFORCE])
@pytest.mark.parametrize("lets_in", [True, False])
def test_every_kind_of_message_is_held_or_not_and_decided(world: World, mode: Mode, lets_in: bool) -> None:
    choose(world, **EVERYTHING)
    world.mode(mode)
    says(world)
    ends(world)
    decide(world, lets_in)
    ends(world)
    left = given.values(world.engine, Hold.state)
    assert left
    assert not set(left) & set(held_messages.OPEN)
