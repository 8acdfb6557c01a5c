"""Where a chat wants it, the words in a picture are judged like a caption; where nobody reads them, it is judged without."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from storage.access import chats
from storage.models import Chat, Message, MessageState, Mode, Picture, PictureState, now
from storage.moderation.pictures import HOLDER, WAITS
from storage.privacy import members
from storage.session import transaction
from tests.bot.picture_stories import look, prefer, show
from tests.bot.stories import ANN, EVE, GROUP, notices, photo, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def texts(world: World) -> list[str]:
    return world.texts_stored()[1:]  # the first is a greeting


def test_a_message_waits_for_its_picture_and_is_judged_by_the_words_in_it(world: World) -> None:
    prefer(world, reads_pictures=True)
    world.mode(Mode.ENFORCE)
    message = show(world, "coins", "buy coins\nat coins.example", caption="look")
    assert given.values(world.engine, Message.state)[-1] == MessageState.PENDING
    assert given.values(world.engine, Message.lease_holder)[-1] == HOLDER
    assert look(world) == 1
    assert texts(world) == ["look\nbuy coins\nat coins.example"]
    assert not stands(world.telegram, message)
    [notice] = notices(world.telegram)
    assert "look\nIn the picture: buy coins\nat coins.example" in notice["caption"]
    hidden = [entity for entity in notice["caption_entities"] if entity["type"] == "spoiler"]
    assert "coins.example" not in notice["caption"][: hidden[0]["offset"]]


def test_it_speaks_russian_too(world: World) -> None:
    prefer(world, reads_pictures=True)
    with transaction(world.engine) as session:
        session.execute(update(Chat).values(language="ru"))
    show(world, "coins", "buy coins")
    look(world)
    assert "На картинке: buy coins" in world.telegram.sent_to(GROUP)[-1]["caption"]


def test_what_a_moderator_decides_is_learned_with_the_words(world: World) -> None:
    prefer(world, reads_pictures=True)
    show(world, "coins", "buy coins")
    look(world)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert given.learned(world.engine) == [("buy coins", True)]


def test_a_chat_that_chose_nothing_and_one_that_cannot_have_it_wait_for_nothing(world: World) -> None:
    show(world, "coins", "buy coins", caption="look")
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, "reads_pictures", True, "a test")
    show(world, "more", "buy coins", caption="see")  # nothing that reads pictures is installed
    assert given.values(world.engine, Message.state) == [MessageState.HAM, MessageState.HAM]
    assert given.values(world.engine, Picture.message_id) == []
    assert look(world) == 0


def test_if_nobody_reads_in_time_it_is_judged_without_and_stays_so(world: World) -> None:
    prefer(world, reads_pictures=True)
    show(world, "coins", "buy coins", caption="look")
    with transaction(world.engine) as session:
        session.execute(update(Message).values(lease_until=now() - WAITS))
    world.settle()
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM
    assert look(world) == 0
    assert given.values(world.engine, Picture.state) == [PictureState.FAILED]
    assert texts(world) == ["look"]


def test_a_file_that_is_gone_is_judged_without_and_the_notice_says_so(world: World) -> None:
    prefer(world, reads_pictures=True)
    show(world, "coins", caption="buy now")
    world.telegram.files.clear()
    look(world)
    assert given.values(world.engine, Picture.error)[0].startswith("could not be read: ")
    assert "the picture could not be read" in notices(world.telegram)[0]["caption"]


def test_an_edited_caption_keeps_the_words_and_does_not_double_them(world: World) -> None:
    prefer(world, reads_pictures=True)
    message = show(world, "coins", "cheap coins", caption="look")
    look(world)
    for caption, text in (("see", "see\ncheap coins"), ("CHEAP COINS!", "CHEAP COINS!"), ("so", "so\ncheap coins")):
        world.telegram.edit(GROUP, message, caption=caption)
        world.settle()
        assert texts(world) == [text]
    world.telegram.edit(GROUP, message, caption="so", author_signature="the same otherwise")
    world.settle()
    assert given.values(world.engine, Message.edit)[-1] == 3


def test_another_picture_is_read_anew_and_without_one_the_words_are_gone(world: World) -> None:
    prefer(world, reads_pictures=True)
    message = show(world, "rose", "a rose", caption="look")
    look(world)
    world.telegram.files["coins"] = b"buy coins#"
    world.telegram.pictures.add("coins")
    world.telegram.edit(GROUP, message, photo=[photo("coins")])
    world.settle()
    assert texts(world) == ["look"]
    look(world)
    assert texts(world) == ["look\nbuy coins"]
    assert len(notices(world.telegram)) == 1


def test_an_edit_while_the_picture_waits_waits_as_well(world: World) -> None:
    prefer(world, reads_pictures=True)
    message = show(world, "coins", "buy coins", caption="look")
    world.telegram.edit(GROUP, message, caption="see")
    world.settle()
    assert given.values(world.engine, Message.state)[-1] == MessageState.PENDING
    look(world)
    assert texts(world) == ["see\nbuy coins"]


def test_forgetting_erases_the_words_and_the_hash(world: World) -> None:
    prefer(world, reads_pictures=True, knows_pictures=True)
    show(world, "coins", "cheap coins", "ab" * 32, caption="look")
    show(world, "more", "cheap coins")  # still waits
    look(world)
    show(world, "waits", "cheap coins")
    with transaction(world.engine) as session:
        members.forget(session, EVE["id"])
    assert given.values(world.engine, Picture.message_id) == []
    assert set(texts(world)) == {""}
    assert look(world) == 0
