"""A promotion: every worker swaps between two batches, or while it is idle, and no message pays for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.learning import versions
from storage.models import ModelVersion, Platform
from storage.moderation import receiving
from storage.moderation.receiving import Incoming
from storage.session import transaction
from tests import tiny
from tests.conftest import AddVersion, count
from tests.processes import Processes, eventually
from tests.servers import Broker
from tests.storage import given

pytestmark = pytest.mark.processes

MESSAGES = 300


def receive(engine: Engine, numbers: range) -> None:
    """These messages, all at once, so that workers are in the middle of them for a while."""
    moment = datetime.now(UTC)
    with transaction(engine) as session:
        for number in numbers:
            words = f"message {number}"
            receiving.receive(session, Incoming(Platform.WEB, 0, "chat page", number, None, "Ann", words, moment))


def verdicts_of(engine: Engine, version: ModelVersion, where: str = "true") -> int:
    return count(engine, "verdicts", f"model_version_id = {version.id} AND {where}")


def served(processes: Processes, version: str) -> int:
    """How often a worker said that it serves this version now."""
    return processes.log("worker").count(f"serving [worker] model_version={version}\n")


def test_a_shadow_is_promoted_under_two_workers_while_messages_stream_in(
    engine: Engine, address: str, broker: Broker, tmp_path: Path, add_version: AddVersion
) -> None:
    first = add_version(engine, "v1", made=tiny.checkpoint(review=0.0))
    second = add_version(engine, "v2", promoted=False, made=tiny.checkpoint(review=0.0, seed=1))
    given.in_shadow(engine, "v2")
    settings = {"HAMLET_BROKER_URL": broker.url, "HAMLET_BATCH_SIZE": "4"}
    with Processes(tmp_path, HAMLET_DATABASE_URL=address, **settings) as processes:
        processes.start("jobs")
        for _ in range(2):
            processes.start("worker")
        eventually("both serve the first", lambda: served(processes, "v1") == 2)
        receive(engine, range(100))
        eventually("the second is in shadow", lambda: verdicts_of(engine, second, "is_shadow") > 0)
        receive(engine, range(100, 200))
        with transaction(engine) as session:
            versions.promote(session, "v2", "a test")
        assert count(engine, "messages", "state = 'pending'") > 0
        receive(engine, range(200, MESSAGES))
        eventually("all were judged", lambda: count(engine, "messages", "state = 'pending'") == 0)
        eventually("both serve the second", lambda: served(processes, "v2") == 2)
        assert "Traceback" not in processes.log("worker")
    assert count(engine, "messages", "state = 'spam'") == MESSAGES
    assert count(engine, "verdicts", "NOT is_shadow") == MESSAGES
    assert min(verdicts_of(engine, version, "NOT is_shadow") for version in (first, second)) > 0


def test_idle_workers_follow_every_promotion_also_after_the_broker_was_gone(
    engine: Engine, address: str, broker: Broker, tmp_path: Path, add_version: AddVersion
) -> None:
    add_version(engine, "v1", made=tiny.checkpoint(review=0.0))
    add_version(engine, "v2", promoted=False, made=tiny.checkpoint(review=0.0, seed=1))
    with Processes(tmp_path, HAMLET_DATABASE_URL=address, HAMLET_BROKER_URL=broker.url) as processes:
        for _ in range(2):
            processes.start("worker")
        eventually("both serve the first", lambda: served(processes, "v1") == 2)
        with transaction(engine) as session:
            versions.promote(session, "v2", "a test")
        eventually("both serve the second", lambda: served(processes, "v2") == 2, 20)
        broker.stop()
        broker.start()
        with transaction(engine) as session:
            versions.promote(session, "v1", "a test")
        eventually("both serve the first again", lambda: served(processes, "v1") == 4, 40)
        assert "Traceback" not in processes.log("worker")
