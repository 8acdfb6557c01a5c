"""The same story as Telegram tells it: group, notice, buttons, correction, training, promotion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.session import open_engine
from tests.conftest import count
from tests.e2e.conftest import tiny_settings
from tests.processes import Processes, eventually, free_port
from tests.telegram_server import TOKEN, TelegramServer, user

pytestmark = pytest.mark.processes

GROUP, MODERATORS = -1001, -1002
ANN, MAX, EVE = user(11, "Ann"), user(12, "Max"), user(13, "Eve <b>bold</b>")
SPAM = "FREE prize for Zoe: £750 in cash, you won! Claim now, call 09061234, congratulations"
HAM = "Hi Zoe, are we still on for dinner at 7? Bring the cake please, see you later"


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.add_group(GROUP, "Gardeners")
        server.add_group(MODERATORS, "Moderators of Gardeners")
        server.join(GROUP, ANN, "administrator", can_delete_messages=True)
        server.join(GROUP, MAX)
        server.arrive(GROUP, EVE)
        server.join(MODERATORS, MAX)
        yield server


def settings(telegram: TelegramServer, **more: str) -> dict[str, str]:
    return {
        "HAMLET_TELEGRAM_TOKEN": TOKEN,
        "HAMLET_TELEGRAM_API_URL": telegram.url,
        "HAMLET_MODERATORS_CHAT_ID": str(MODERATORS),
        "HAMLET_PORT": str(free_port()),
    } | more


def notices(telegram: TelegramServer, holding: str) -> list[dict[str, Any]]:
    return [notice for notice in telegram.sent_to(MODERATORS) if holding in notice["text"]]


def test_a_moderators_button_becomes_a_better_model(home_folder: Path, telegram: TelegramServer) -> None:
    with Processes(home_folder, **settings(telegram, **tiny_settings(home_folder))) as processes:
        processes.run_hamlet()
        telegram.say(GROUP, MAX, HAM)
        spam_id = telegram.say(GROUP, EVE, SPAM)
        eventually("a notice was posted", lambda: bool(notices(telegram, "model v1")))
        [notice] = notices(telegram, "model v1")
        assert SPAM in notice["text"]
        assert "Eve" not in notice["text"], "a spammer's name can be spam too"

        pressed = telegram.press(MAX, notice, "Spam")
        eventually("a stranger was refused", lambda: answered(telegram, pressed))
        assert telegram.called("answerCallbackQuery")[-1]["show_alert"] == "true"
        engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
        assert count(engine, "corrections") == 0

        telegram.press(ANN, notice, "Spam")
        telegram.press(ANN, notice, "Spam")
        eventually("the notice says who decided", lambda: "Ann: spam" in notices(telegram, "model v1")[0]["text"])
        eventually("the spam was deleted", lambda: (GROUP, spam_id) not in telegram.messages)
        assert count(engine, "corrections", "state = 'accepted'") == 1
        eventually("every update was settled", lambda: count(engine, "updates", "handled_at IS NULL") == 0)

        processes.hamlet("train", "--data", "examples.csv", "--seed", "7")
        processes.hamlet("promote", "v2")
        telegram.say(GROUP, EVE, SPAM.replace("Zoe", "Yan"))
        eventually("the new version judges", lambda: bool(notices(telegram, "model v2")))
        engine.dispose()
        assert TOKEN not in everything_logged(processes)
        assert "09061234" not in everything_logged(processes)


def answered(telegram: TelegramServer, query_id: str) -> bool:
    return any(call["callback_query_id"] == query_id for call in telegram.called("answerCallbackQuery"))


def everything_logged(processes: Processes) -> str:
    logs = [path.read_text() for path in (processes.home / "logs").iterdir()]
    return processes.log("cli") + "".join(logs)


def test_updates_come_through_a_webhook(home_folder: Path, telegram: TelegramServer) -> None:
    port = free_port()
    telegram.webhook_target = f"http://127.0.0.1:{port}/"
    webhook = {
        "HAMLET_TELEGRAM_WEBHOOK_URL": "https://example.org/",
        "HAMLET_TELEGRAM_WEBHOOK_SECRET": "not-to-be-guessed",
        "HAMLET_TELEGRAM_WEBHOOK_PORT": str(port),
    }
    with Processes(home_folder, **settings(telegram, **webhook, **tiny_settings(home_folder))) as processes:
        processes.run_hamlet()
        telegram.say(GROUP, EVE, SPAM)
        eventually("a notice was posted", lambda: bool(notices(telegram, "model v1")))
        assert telegram.waiting == 0
