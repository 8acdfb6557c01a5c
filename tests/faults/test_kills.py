"""kill -9 where it hurts most: nothing is lost and nothing is judged twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.models import Platform
from storage.moderation import receiving
from storage.moderation.receiving import Incoming
from storage.session import transaction
from tests import tiny
from tests.conftest import AddVersion, count
from tests.processes import Processes, eventually
from tests.servers import Broker
from tests.telegram_server import TOKEN, TelegramServer, user

pytestmark = pytest.mark.processes

GROUP = -1001


def receive(engine: Engine, number: int) -> None:
    words = f"message {number} " * 20
    incoming = Incoming(Platform.WEB, 0, "chat page", number, None, "Ann", words, datetime.now(UTC))
    with transaction(engine) as session:
        receiving.receive(session, incoming)


def test_a_killed_worker_loses_none_of_500_messages(
    engine: Engine, address: str, broker: Broker, tmp_path: Path, add_version: AddVersion
) -> None:
    add_version(engine, made=tiny.checkpoint(review=0.0))
    for number in range(500):
        receive(engine, number)
    settings = {"HAMLET_BROKER_URL": broker.url, "HAMLET_LEASE_SECONDS": "2", "HAMLET_BATCH_SIZE": "4"}
    with Processes(tmp_path, HAMLET_DATABASE_URL=address, **settings) as processes:
        processes.start("jobs")
        for survived in (20, 120):
            worker = processes.start("worker")
            eventually("the worker is in the middle of it", lambda least=survived: count(engine, "verdicts") >= least)
            processes.kill(worker)
            assert count(engine, "messages", "state = 'pending'") > 0
        processes.start("worker")
        eventually("all were judged", lambda: count(engine, "messages", "state = 'pending'") == 0)
    assert count(engine, "messages", "state = 'spam'") == 500
    assert count(engine, "verdicts") == 500


def test_a_killed_bot_loses_none_of_300_updates(tmp_path: Path, sqlite_engine: Engine, broker: Broker) -> None:
    address = str(sqlite_engine.url)
    with TelegramServer() as telegram:
        telegram.add_group(GROUP, "Gardeners")
        for number in range(300):
            telegram.say(GROUP, user(11, "Ann"), f"message {number}")
        settings = {"HAMLET_TELEGRAM_TOKEN": TOKEN, "HAMLET_TELEGRAM_API_URL": telegram.url}
        with Processes(tmp_path, HAMLET_DATABASE_URL=address, HAMLET_BROKER_URL=broker.url, **settings) as processes:
            for survived in (64, 150):
                bot = processes.start("bot")
                eventually(
                    "the bot is in the middle of it", lambda least=survived: count(sqlite_engine, "messages") >= least
                )
                processes.kill(bot)
                assert count(sqlite_engine, "messages") < 300
            processes.start("bot")
            eventually("all are stored", lambda: count(sqlite_engine, "messages") >= 300)
            eventually("all are settled", lambda: count(sqlite_engine, "updates", "handled_at IS NULL") == 0)
    assert count(sqlite_engine, "messages") == 300


def test_messages_outlive_a_broker_that_is_away(
    tmp_path: Path, sqlite_engine: Engine, broker: Broker, add_version: AddVersion
) -> None:
    add_version(sqlite_engine, made=tiny.checkpoint(review=0.0))
    settings = {"HAMLET_DATABASE_URL": str(sqlite_engine.url), "HAMLET_BROKER_URL": broker.url}
    with Processes(tmp_path, **settings) as processes:
        processes.start("jobs")
        processes.start("worker")
        receive(sqlite_engine, 1)
        eventually("the first was judged", lambda: count(sqlite_engine, "verdicts") == 1)
        broker.stop()
        for number in range(2, 52):
            receive(sqlite_engine, number)
        broker.start()
        eventually("the others were judged", lambda: count(sqlite_engine, "verdicts") == 51, 90)
        assert "Traceback" not in processes.log("worker")


def test_the_worker_waits_for_a_database_that_is_away(tmp_path: Path, broker: Broker) -> None:
    away = "postgresql://hamlet:secret-word@127.0.0.1:1/hamlet"
    with Processes(tmp_path, HAMLET_DATABASE_URL=away, HAMLET_BROKER_URL=broker.url) as processes:
        processes.start("jobs")
        worker = processes.start("worker")
        eventually("it said so", lambda: "database out of reach" in processes.log("worker"), 30)
        assert worker.poll() is None
        assert "Traceback" not in processes.log("worker")
        assert "secret-word" not in processes.log("worker")
