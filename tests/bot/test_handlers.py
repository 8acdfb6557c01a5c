"""What the bot does with an update, its answers going to a fake Telegram over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from telegram import Update

from bot import texts
from bot.__main__ import build
from bot.context import App
from bot.settings import BotSettings
from jobs.settings import JobsSettings
from storage.models import Correction, Message
from storage.models import Update as Stored
from storage.settings import StorageSettings
from tests.bot.given_updates import ANN, GROUP, message
from tests.conftest import count
from tests.storage import given
from tests.telegram_server import TOKEN, Refused, TelegramServer

Hear = Callable[..., None]
PRIVATE: dict[str, Any] = {"id": 7, "type": "private", "first_name": "Ann"}


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[TelegramServer]:
    """Started once: to stop it takes half a second."""
    with TelegramServer() as server:
        yield server


@pytest.fixture
def telegram(one_telegram: TelegramServer) -> TelegramServer:
    one_telegram.calls.clear()
    one_telegram.add_group(GROUP["id"], "a group")
    one_telegram.add_group(PRIVATE["id"], "in private")
    one_telegram.join(GROUP["id"], ANN, "left")
    return one_telegram


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


Running = list[tuple[asyncio.Runner, App]]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """The bot, once it was built: on one event loop and one database for all tests here."""
    built: Running = []
    yield built
    for runner, application in built:
        runner.run(application.shutdown())
        runner.close()


@pytest.fixture
def hear(engine: Engine, telegram: TelegramServer, running: Running) -> Hear:
    """Have the bot store these updates and handle them."""
    if not running:
        settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)
        running.append(
            (asyncio.Runner(), build(settings, StorageSettings(database_url=str(engine.url)), JobsSettings()))
        )
        running[0][0].run(running[0][1].initialize())
    runner, application = running[0]

    def run(*payloads: dict[str, Any]) -> None:
        runner.run(handle(application, list(payloads)))

    return run


async def handle(application: App, payloads: list[dict[str, Any]]) -> None:
    for number, payload in enumerate(payloads, 1):
        update = Update.de_json({"update_id": number, **payload}, application.bot)
        await application.update_queue.put(update)
        await application.process_update(update)


def press(data: str, who: dict[str, Any] = ANN) -> dict[str, Any]:
    return {"callback_query": {"id": "1", "from": who, "chat_instance": "1", "data": data, "message": message()}}


def answers(telegram: TelegramServer) -> list[str]:
    return [call["text"] for call in telegram.called("answerCallbackQuery")]


def waiting(engine: Engine) -> int:
    """Updates that no handler has settled."""
    return count(engine, "updates", "handled_at IS NULL")


def test_a_group_message_waits_for_its_verdict(engine: Engine, hear: Hear) -> None:
    hear({"message": message(text="buy now")}, {"edited_message": message(text="sell", edit_date=1_735_732_860)})
    assert given.values(engine, Message.text) == ["sell"]
    assert waiting(engine) == 0


def test_what_no_member_wrote_is_settled_without_a_message(engine: Engine, hear: Hear) -> None:
    hear({"message": message(text=None, new_chat_title="b")}, {"message": message(chat=PRIVATE)}, {})
    assert count(engine, "messages") == 0
    assert (count(engine, "updates"), waiting(engine)) == (3, 0)


def test_start_in_private_is_answered(engine: Engine, hear: Hear, telegram: TelegramServer) -> None:
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
    hear({"message": message(text="/start", chat=PRIVATE, **command)})
    assert [call["text"] for call in telegram.called("sendMessage")] == [texts.start(str)]
    assert waiting(engine) == 0


def test_another_bots_command_is_a_message(engine: Engine, hear: Hear) -> None:
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
    hear({"message": message(text="/roll", **command)})
    assert given.values(engine, Message.text) == ["/roll"]


@pytest.mark.parametrize(("pressed", "answer"), [("1", texts.stored(str, True)), ("0", texts.stored(str, False))])
def test_a_moderators_press_is_stored_and_answered(
    engine: Engine, hear: Hear, telegram: TelegramServer, pressed: str, answer: str
) -> None:
    telegram.join(GROUP["id"], ANN, "creator")
    verdict = given.verdict(engine, given.version(engine))
    hear(press(f"correct:{verdict}:{pressed}"))
    assert given.values(engine, Correction.actor) == ["telegram:7"]
    assert given.values(engine, Correction.is_spam) == [pressed == "1"]
    assert answers(telegram) == [answer]


@pytest.mark.parametrize("who", [ANN, ANN | {"id": 999}], ids=["left the group", "unknown to the group"])
def test_nobody_else_decides(engine: Engine, hear: Hear, telegram: TelegramServer, who: dict[str, Any]) -> None:
    verdict = given.verdict(engine, given.version(engine))
    hear(press(f"correct:{verdict}:1", who))
    assert count(engine, "corrections") == 0
    assert answers(telegram) == [texts.only_moderators(str)]
    assert waiting(engine) == 0


def test_a_button_of_a_forgotten_message_says_so(engine: Engine, hear: Hear, telegram: TelegramServer) -> None:
    hear(press("correct:999999:1"))
    assert answers(telegram) == [texts.unknown_notice(str)]


@pytest.mark.parametrize("data", ["", "correct:1", "delete everything"])
def test_a_foreign_button_does_nothing(engine: Engine, hear: Hear, telegram: TelegramServer, data: str) -> None:
    hear(press(data))
    assert (waiting(engine), answers(telegram)) == (0, [])


def test_a_handler_that_fails_leaves_its_update_with_the_reason(
    engine: Engine, hear: Hear, telegram: TelegramServer
) -> None:
    verdict = given.verdict(engine, given.version(engine))
    telegram.fail_next("getChatMember", Refused(409, "Conflict: another bot of this token"))
    hear(press(f"correct:{verdict}:1"))
    assert waiting(engine) == 1
    assert given.values(engine, Stored.attempts) == [1]
    assert "another bot of this token" in given.values(engine, Stored.error)[0]


def test_a_telegram_that_is_away_costs_the_update_no_attempt(
    engine: Engine, hear: Hear, telegram: TelegramServer
) -> None:
    verdict = given.verdict(engine, given.version(engine))
    telegram.fail_next("getChatMember", Refused(502, "Bad Gateway"))
    hear(press(f"correct:{verdict}:1"))
    assert waiting(engine) == 1
    assert given.values(engine, Stored.attempts) == [0]


def test_where_the_bot_was_removed_nobody_decides(engine: Engine, hear: Hear, telegram: TelegramServer) -> None:
    verdict = given.verdict(engine, given.version(engine))
    telegram.fail_next("getChatMember", Refused(403, "Forbidden: bot was kicked from the group"))
    hear(press(f"correct:{verdict}:1"))
    assert answers(telegram) == [texts.only_moderators(str)]


def test_a_press_too_old_to_answer_counts_all_the_same(engine: Engine, hear: Hear, telegram: TelegramServer) -> None:
    telegram.join(GROUP["id"], ANN, "creator")
    verdict = given.verdict(engine, given.version(engine))
    telegram.fail_next("answerCallbackQuery", Refused(400, "Bad Request: query is too old"))
    hear(press(f"correct:{verdict}:1"))
    assert (waiting(engine), count(engine, "corrections")) == (0, 1)
