"""A doubtful flag is put to another model, and moderators see what it says; they alone decide."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from actions import outbound
from actions.settings import OutboundSettings
from storage.access import chats
from storage.models import Message, MessageState, Mode
from storage.session import transaction
from tests.actions.receiver import Receiver, receiving
from tests.bot.stories import ANN, EVE, GROUP, notices
from tests.bot.world import World
from tests.storage import given


@pytest.fixture
def model() -> Iterator[Receiver]:
    """A model server that is sure of spam."""
    with receiving() as server:
        says(server, "spam - offers flats at https://flats.example")
        yield server


def says(server: Receiver, text: str, status: int = 200) -> None:
    server.answers = [(status, json.dumps({"choices": [{"message": {"content": text}}]}).encode())]


def ask(world: World, model: Receiver) -> None:
    """The bells of the process that asks, and what it makes of the answers."""
    outbound.ask(world.engine, OutboundSettings(second_opinion_url=model.url, second_opinion_model="qwen3"))
    world.settle()


def test_the_notice_says_what_the_other_model_thinks(world: World, model: Receiver) -> None:
    world.mode(Mode.ENFORCE)
    ask(world, model)
    message = world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    ask(world, model)
    [notice] = notices(world.telegram)
    assert "second opinion: spam" in notice["text"]
    assert "flats.example" not in notice["text"]  # its reason is for the review site
    assert (GROUP, message) in world.telegram.messages
    assert given.learned(world.engine) == []
    world.telegram.press(ANN, notice, "Not spam")
    world.settle()
    assert given.learned(world.engine) == [("maybe cheap flats", False)]
    assert given.values(world.engine, Message.state) == [MessageState.SPAM]  # as the verdict had it


def test_it_speaks_russian_too(world: World, model: Receiver) -> None:
    says(model, "ham")
    ask(world, model)
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, "language", "ru")
    world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    ask(world, model)
    assert "второе мнение: не спам" in str(world.telegram.sent_to(GROUP)[-1]["text"])


def test_an_answer_that_is_no_answer_is_called_one(world: World, model: Receiver) -> None:
    says(model, "As a language model I cannot judge people")
    ask(world, model)
    world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    ask(world, model)
    assert "second opinion: no clear answer" in notices(world.telegram)[0]["text"]


def test_a_failure_changes_nothing(world: World, model: Receiver) -> None:
    says(model, "spam", status=503)
    ask(world, model)
    world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    before = notices(world.telegram)
    ask(world, model)
    assert len(model.posted) == 1
    assert notices(world.telegram) == before


def test_what_hamlet_is_sure_of_is_not_asked(world: World, model: Receiver) -> None:
    ask(world, model)
    for text in ("buy cheap flats", "nice weather"):
        world.telegram.say(GROUP, EVE, text)
    world.settle()
    ask(world, model)
    assert model.posted == []


def test_a_chat_refuses_it_with_a_button(world: World, model: Receiver) -> None:
    ask(world, model)
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    for label in ("More settings", "Another model is asked about doubtful flags, and sent their text", "no"):
        world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], label)
        world.settle()
    assert not world.chat(GROUP).chosen.asks_second_opinion
    world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    ask(world, model)
    assert model.posted == []
