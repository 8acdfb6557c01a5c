"""A picture in a group, through the real processes: fetched, read by a process of its own, judged by the words in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import Engine, select

from storage.access import chats
from storage.models import Chat
from storage.outbound import configured
from storage.session import open_engine, reading, transaction
from tests.e2e.conftest import tiny_settings
from tests.processes import Processes, eventually, free_port
from tests.telegram_server import TOKEN, TelegramServer, user

pytestmark = pytest.mark.processes

GROUP = -1001
ANN, EVE = user(11, "Ann"), user(13, "Eve")
LINES = ("Congratulations Zoe! You won", "a FREE prize of 750 in cash", "Call 09061234 now to claim")


def picture() -> bytes:
    drawn = Image.new("RGB", (900, 320), "white")
    for number, line in enumerate(LINES):
        ImageDraw.Draw(drawn).text((20, 20 + 90 * number), line, font=ImageFont.load_default(48), fill="black")
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=85)
    return file.getvalue()


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.add_group(GROUP, "Gardeners")
        server.join(GROUP, ANN, "administrator", can_delete_messages=True)
        server.arrive(GROUP, EVE)
        server.files["spam"] = picture()
        server.pictures.add("spam")
        yield server


def test_the_words_in_a_picture_are_judged(home_folder: Path, telegram: TelegramServer) -> None:
    bot = {"HAMLET_TELEGRAM_TOKEN": TOKEN, "HAMLET_TELEGRAM_API_URL": telegram.url, "HAMLET_PORT": str(free_port())}
    with Processes(home_folder, **bot, **tiny_settings(home_folder)) as processes:
        processes.run_hamlet()
        telegram.say(GROUP, EVE, "hello")
        engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
        choose(engine, "reads_pictures")
        photo = {"file_id": "spam", "file_unique_id": "spam", "width": 900, "height": 320}
        telegram.say(GROUP, EVE, None, photo=[photo])
        eventually("the notice shows the picture's words", lambda: "In the picture: Congrat" in captions(telegram), 180)
        engine.dispose()


def choose(engine: Engine, field: str) -> None:
    """Have the group choose this, once it is known, and pictures can be read."""

    def chat_ids() -> list[int]:
        with reading(engine) as session:
            return list(session.scalars(select(Chat.id).filter_by(external_id=GROUP)))

    def can_read() -> bool:
        with reading(engine) as session:
            return configured.is_on(session, configured.PICTURES)

    eventually("the group is known", lambda: bool(chat_ids()))
    eventually("pictures can be read", can_read)
    with transaction(engine) as session:
        chats.choose(session, chat_ids()[0], field, True, "a test")


def captions(telegram: TelegramServer) -> str:
    return "\n".join(str(sent.get("caption", "")) for sent in telegram.sent_to(GROUP))
