"""What a message carries beside its words."""

from __future__ import annotations

from typing import Any

import pytest

from bot import adapter
from storage.models import Message
from storage.models.words import Sign
from storage.moderation.receiving import Incoming
from tests.bot.given_updates import ANN, GROUP, said
from tests.bot.stories import EVE, photo
from tests.bot.stories import GROUP as GARDENERS
from tests.bot.test_media import of_kind
from tests.bot.world import World
from tests.storage import given

CONTACT = {"contact": {"phone_number": "123", "first_name": "Ida"}}
FORWARD = {"forward_origin": {"type": "user", "date": 1_735_732_700, "sender_user": ANN}}
PICTURE_FILE = {"document": {"file_id": "f", "file_unique_id": "u", "mime_type": "image/png"}}


def received(**changes: Any) -> Incoming:
    incoming = adapter.incoming(said(**changes))
    assert incoming is not None
    return incoming


@pytest.mark.parametrize(
    ("content", "signs"),
    [
        ({"text": "good morning"}, ()),
        (
            {"text": "see roses", "entities": [{"type": "text_link", "offset": 4, "length": 5, "url": "tg://resolve"}]},
            (Sign.LINK,),
        ),
        ({"text": "roses.example", "entities": [{"type": "url", "offset": 0, "length": 13}]}, (Sign.LINK,)),
        ({"text": "see https://roses.example"}, (Sign.LINK,)),
        ({"text": "see t.me/roses"}, (Sign.LINK,)),
        ({"text": "the end.Next morning"}, ()),
        ({"text": "ask @RosesBot"}, (Sign.BOT_MENTION,)),
        ({"text": "ask @ida, not rosesbot"}, ()),
        ({"text": "write to ida@mybot.example"}, ()),
        ({"text": "t.me/roses_bot?start=1"}, (Sign.LINK, Sign.BOT_MENTION)),
        (FORWARD | {"text": "hello"}, (Sign.FORWARD,)),
        (of_kind("photo", "p"), (Sign.PICTURE,)),
        (of_kind("paid_media", "p"), (Sign.PICTURE,)),
        (PICTURE_FILE, (Sign.PICTURE,)),
        (of_kind("document", "d"), (Sign.FILE,)),
        (of_kind("video", "v"), (Sign.VIDEO,)),
        (of_kind("animation", "v") | of_kind("document", "v"), (Sign.VIDEO,)),
        (of_kind("video_note", "v"), (Sign.VIDEO,)),
        (of_kind("voice", "v"), (Sign.VOICE,)),
        (of_kind("audio", "v"), (Sign.VOICE,)),
        (of_kind("sticker", "s"), (Sign.STICKER,)),
        ({"story": {"id": 1, "chat": GROUP}}, (Sign.STORY,)),
        (CONTACT, (Sign.CONTACT,)),
    ],
    ids=lambda value: "+".join(map(str, value)),
)
def test_signs(content: dict[str, Any], signs: tuple[Sign, ...]) -> None:
    assert received(**{"text": None} | content).signs == signs


@pytest.mark.parametrize("kind", ["video", "animation", "video_note", "voice", "audio", "sticker", "document"])
def test_a_file_can_be_posted_again_by_its_id(kind: str) -> None:
    assert received(text=None, **of_kind(kind, "same for all", "this bot's")).attachment == f"{kind}:this bot's"


def test_a_picture_is_no_other_file() -> None:
    assert received(text=None, **of_kind("photo", "p")).attachment is None


def test_an_edit_refreshes_them(world: World) -> None:
    message = world.telegram.say(GARDENERS, EVE, None, caption="roses", photo=[photo("p")])
    world.settle()
    assert given.values(world.engine, Message.signs) == [["picture"]]
    world.telegram.edit(GARDENERS, message, caption="roses at t.me/roses")
    world.settle()
    assert given.values(world.engine, Message.signs) == [["picture", "link"]]
