"""Pictures and other media: judged anew when an edit swaps them, decided as one album, shown behind a spoiler."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from storage.models import Message, Mode, Verdict
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, notices, photo, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_a_picture_swapped_by_an_edit_is_judged_and_shown_anew(world: World) -> None:
    world.telegram.pictures |= {"rose", "coins"}
    spam(world, Mode.TRAINING, text="hello")
    message_id = world.telegram.say(GROUP, EVE, None, caption="buy a rose", photo=[photo("rose")])
    world.settle()
    world.telegram.edit(GROUP, message_id, photo=[photo("coins")])
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
        "photo": [file | seen, file | seen],
        "video": clip,
        "animation": clip,
        "document": file,
        "audio": file | lasts,
        "voice": file | lasts,
        "video_note": file | lasts | {"length": 10},
        "sticker": sticker,
        "paid_media": paid,
        "live_picture": clip,
    }
    return {kind: media[kind]}


MEDIA = (
    "photo",
    "video",
    "animation",
    "document",
    "audio",
    "voice",
    "video_note",
    "sticker",
    "paid_media",
    "live_picture",
)


@pytest.mark.parametrize("kind", MEDIA)
def test_a_medium_swapped_by_an_edit_is_judged_anew_and_the_same_one_is_not(world: World, kind: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    message_id = world.telegram.say(GROUP, EVE, None, caption="buy a rose", **of_kind(kind, "rose"))
    world.settle()
    world.telegram.edit(GROUP, message_id, **of_kind(kind, "rose", "the rose under another number"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 0]
    world.telegram.edit(GROUP, message_id, **of_kind(kind, "coins"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 0, 1]


def test_a_medium_that_an_edit_puts_under_old_words_is_judged_with_them(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="buy a rose")
    world.telegram.edit(GROUP, message_id, "buy a rose", **of_kind("document", "coins"))
    world.settle()
    assert given.values(world.engine, Verdict.edit) == [0, 1]


def test_what_was_received_before_media_were_told_apart_is_new_with_another_picture_only(world: World) -> None:
    world.telegram.pictures |= {"rose", "coins"}
    spam(world, Mode.TRAINING, text="hello")
    message_id = world.telegram.say(GROUP, EVE, None, caption="buy a rose", photo=[photo("rose")])
    world.settle()
    with transaction(world.engine) as session:
        session.execute(update(Message).values(media_id=None))
    for number, edits in (("rose", [0, 0]), ("coins", [0, 0, 1])):
        world.telegram.edit(GROUP, message_id, photo=[photo(number)])
        world.settle()
        assert given.values(world.engine, Verdict.edit) == edits


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
