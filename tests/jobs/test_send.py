"""The bell: rung seldom, and never in the way of who rings it."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import redis

from jobs.send import RING_EVERY_SECONDS
from tests.jobs import scripts
from tests.servers import Broker

FLURRY = """
import json, os, time
import redis
from jobs import send

broker = redis.Redis(unix_socket_path=os.environ["HAMLET_BROKER_URL"].removeprefix("redis+socket://"))
send.classify()
time.sleep(0.1)
first = broker.llen("classify")
start = time.monotonic()
for _ in range(300):
    send.classify()
    time.sleep(0.0005)
took = time.monotonic() - start
time.sleep(0.15)
flurry = broker.llen("classify") - first
send.act(7)
send.tidy()
print(json.dumps({"first": first, "flurry": flurry, "took": took}))
"""

AWAY = """
import time
from jobs import logs, send
from jobs.settings import JobsSettings

logs.configure("bot", JobsSettings())
start = time.monotonic()
for _ in range(3):
    send.classify()
send.act(7)
print(time.monotonic() - start)
"""

FROZEN = """
import threading, time
from jobs import send

first = threading.Thread(target=send.classify)
first.start()
time.sleep(0.3)  # a bell may be rung again
send.classify()
print(first.is_alive())
"""


@pytest.fixture
def flurry(broker: Broker, tmp_path: Path) -> dict[str, Any]:
    """What the script counted, and the jobs that then wait for actions and training."""
    done = scripts.run(FLURRY, tmp_path, HAMLET_BROKER_URL=broker.url)
    client = redis.Redis(unix_socket_path=str(broker.socket))
    waiting = {queue: [json.loads(job) for job in client.lrange(queue, 0, -1)] for queue in ("actions", "training")}
    client.close()
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures | waiting


def test_jobs_reach_their_queues_and_flurries_ring_seldom(flurry: dict[str, Any]) -> None:
    assert flurry["first"] == 1
    assert 2 <= flurry["flurry"] <= flurry["took"] / RING_EVERY_SECONDS + 2  # the first, and one after the last
    assert [job["headers"]["task"] for job in flurry["actions"]] == ["worker.act"]
    assert flurry["actions"][0]["headers"]["argsrepr"] == "(7,)"
    assert [job["headers"]["task"] for job in flurry["training"]] == ["training.tidy"]


@pytest.mark.parametrize("place", ["redis+socket://{}/none.sock", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_stops_nobody_and_is_said_once(tmp_path: Path, place: str) -> None:
    done = scripts.run(AWAY, tmp_path, HAMLET_BROKER_URL=place.format(tmp_path))
    assert float(done.stdout.splitlines()[-1]) < 5
    assert done.stderr.count("broker out of reach") == 1


def test_only_one_call_waits_for_a_slow_broker(broker: Broker, tmp_path: Path) -> None:
    broker.signal(signal.SIGSTOP)
    try:
        done = scripts.run(FROZEN, tmp_path, HAMLET_BROKER_URL=broker.url)
    finally:
        broker.signal(signal.SIGCONT)
    assert "True" in done.stdout.split()
