"""A worker that hears no bell, as its broker is so slow that each expires in the queue, judges by its sweep."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from celery import Celery
from sqlalchemy import Engine

from benchmarks.faults.proxy import Proxy
from jobs.app import CLASSIFY
from tests import tiny
from tests.conftest import AddVersion, count
from tests.faults.test_kills import receive
from tests.processes import Processes, eventually
from tests.servers import Broker

pytestmark = pytest.mark.processes

EXPIRED = 200  # bells; through a slow broker, dropping one takes more than a second


def connections(processes: Processes) -> int:
    """How often the worker has connected to the broker."""
    return processes.log("worker").count("] Connected to redis")


def ring(broker: Broker, expires: float = 30.0) -> None:
    with Celery(broker=broker.url) as app:
        app.send_task("worker.classify", queue=CLASSIFY, expires=expires)


def waiting(broker: Broker) -> int:
    with redis.Redis(unix_socket_path=str(broker.socket)) as client:
        return int(client.llen(CLASSIFY))


def test_a_worker_that_only_finds_expired_bells_judges_by_its_sweep(
    tmp_path: Path, sqlite_engine: Engine, broker: Broker, add_version: AddVersion
) -> None:
    add_version(sqlite_engine, made=tiny.checkpoint(review=0.0))
    with Proxy(broker.socket) as proxy:
        address = f"redis://127.0.0.1:{proxy.port}/0"
        settings = {"HAMLET_DATABASE_URL": str(sqlite_engine.url), "HAMLET_BROKER_URL": address}
        with Processes(tmp_path, **settings) as processes:
            processes.start("worker")
            eventually("it has emptied its queue", lambda: "ready." in processes.log("worker"))
            proxy.delay = 0.25
            for _ in range(EXPIRED):
                ring(broker, expires=0.001)
            receive(sqlite_engine, 1)
            eventually("it was judged", lambda: count(sqlite_engine, "verdicts") == 1)
            assert waiting(broker) > EXPIRED / 2
