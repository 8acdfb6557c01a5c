"""A burst from many groups through the real bot process: nothing lost, nothing twice, order kept within each group."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.models import Chat, Message
from storage.session import open_engine, reading
from tests.conftest import count
from tests.processes import Processes, eventually
from tests.servers import Postgres
from tests.storage import given
from tests.telegram_server import TOKEN, Refused, TelegramServer, user

pytestmark = pytest.mark.processes

CHATS, EACH = 50, 40


def test_two_thousand_updates_at_once_from_fifty_groups(tmp_path: Path, postgres: Postgres) -> None:
    address = postgres.migrated_database()
    engine = open_engine(address)
    with TelegramServer() as telegram:
        for chat in range(CHATS):
            telegram.add_group(-1000 - chat, f"Group {chat}")
        for number in range(EACH):
            for chat in range(CHATS):
                telegram.say(-1000 - chat, user(chat + 1, "Ann"), f"message {number}")
        telegram.fail_next("getUpdates", Refused(502, "Bad Gateway"), Refused(429, "Too Many Requests", retry_after=1))
        settings = {
            "HAMLET_TELEGRAM_TOKEN": TOKEN,
            "HAMLET_TELEGRAM_API_URL": telegram.url,
            "HAMLET_DATABASE_URL": address,
        }
        with Processes(tmp_path, **settings) as processes:
            bot = processes.start("bot")
            eventually("half of them are stored", lambda: count(engine, "messages") > CHATS * EACH / 2, 120)
            processes.kill(bot)
            processes.start("bot")
            eventually("all of them are stored", lambda: count(engine, "messages") == CHATS * EACH, 120)
            eventually("each update is settled", lambda: count(engine, "updates", "handled_at IS NULL") == 0, 60)
    with reading(engine) as session:
        for chat in session.query(Chat):
            rows = session.query(Message.text).filter_by(chat_id=chat.id).order_by(Message.id)
            assert [text for (text,) in rows] == [f"message {number}" for number in range(EACH)], chat.title
    assert len(given.values(engine, Message.id)) == CHATS * EACH
    engine.dispose()
