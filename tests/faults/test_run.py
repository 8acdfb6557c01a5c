"""`hamlet run` as one lives with it: it restarts what dies, stops in time, and takes up after a crash."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from cli import supervision
from storage.session import open_engine
from tests import fresh, tiny
from tests.conftest import AddVersion, store_version
from tests.processes import Processes, Visitor, eventually, free_port

pytestmark = pytest.mark.processes


def opened_home(folder: Path) -> Engine:
    """The home's own database, migrated, with a tiny champion that flags everything."""
    engine = open_engine(fresh.sqlite(folder / "home" / "hamlet.sqlite3"))
    store_version(engine, folder / "home" / "models", made=tiny.checkpoint(review=0.0))
    return engine


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Engine]:
    engine = opened_home(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def processes(tmp_path: Path, home: Engine) -> Iterator[Processes]:
    """A home of one's own on a free port, where nothing runs yet."""
    with Processes(tmp_path, HAMLET_PORT=str(free_port())) as found:
        yield found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """One `hamlet run` for the tests that leave it as they found it: v1 serves, and every process runs."""
    folder = tmp_path_factory.mktemp("running")
    opened_home(folder).dispose()
    with Processes(folder, HAMLET_PORT=str(free_port())) as found:
        found.run_hamlet()
        yield found


def named(processes: Processes, part: str) -> list[psutil.Process]:
    return [p for p in supervision.ours(processes.home) if part in " ".join(p.cmdline())]


def visit(processes: Processes) -> Visitor:
    return Visitor(processes.hamlet("login").strip())


def test_a_killed_process_is_started_again_and_said(running: Processes) -> None:
    for name in ("worker", "review"):
        [victim] = [p for p in named(running, f"-m {name}") if "actions" not in p.cmdline()]
        victim.kill()
        eventually("its end was said", lambda name=name: f"{name} ended (terminated by SIGKILL" in running.log("cli"))
    eventually("the site is back", lambda: running.try_hamlet("health", "review").returncode == 0)
    visitor = visit(running)
    assert visitor.say("hello")["state"] == "spam"
    visitor.close()


def test_ctrl_c_stops_everything_within_ten_seconds(processes: Processes) -> None:
    running = processes.run_hamlet()
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(15) == 0
    assert time.monotonic() - started < 10
    assert list(supervision.ours(processes.home)) == []


def test_the_next_start_ends_what_a_killed_one_left_and_nothing_is_lost(processes: Processes) -> None:
    first = processes.run_hamlet()
    visitor = visit(processes)
    said = visitor.say("before the crash")
    visitor.close()
    processes.kill(first)
    left = {p.pid for p in supervision.ours(processes.home)}
    assert any("valkey" in p.name() for p in supervision.ours(processes.home)), "the broker is among them"
    (processes.folder / "cli.log").unlink()
    second = processes.run_hamlet()
    assert "processes that an earlier run had left behind" in processes.log("cli")
    assert not left & {p.pid for p in supervision.ours(processes.home)}
    visitor = visit(processes)
    assert int(visitor.say("after the crash")["row"]) == int(said["row"]) + 1
    assert len(visitor.flagged()) == 2
    visitor.close()
    second.send_signal(signal.SIGINT)
    second.wait(15)


def test_a_second_run_in_the_same_home_is_refused(running: Processes) -> None:
    refused = running.try_hamlet("run")
    assert refused.returncode == 1
    assert "is running in" in refused.stderr
    assert "HAMLET_HOME" in refused.stderr


def test_a_busy_port_says_how_to_choose_another(processes: Processes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(processes.env["HAMLET_PORT"])))
        taken.listen()
        refused = processes.try_hamlet("run")
    assert refused.returncode == 1
    assert re.search(r"port \d+ on 127.0.0.1 cannot be used .*HAMLET_PORT=\d+ make run", refused.stderr)


def test_the_classifier_swaps_under_a_running_worker(running: Processes) -> None:
    engine = open_engine(f"sqlite:///{running.home / 'hamlet.sqlite3'}")
    visitor = visit(running)
    assert visitor.say("one")["version"] == "v1"
    store_version(engine, running.home / "models", "v2", promoted=False, made=tiny.checkpoint(review=1.0, seed=3))
    engine.dispose()
    assert visitor.say("two")["version"] == "v1"
    running.hamlet("promote", "v2")
    three = visitor.say("three")
    assert (three["version"], three["state"]) == ("v2", "ham")
    running.hamlet("promote", "v1")
    assert visitor.say("four")["version"] == "v1"
    visitor.close()


def test_a_damaged_version_is_neither_promoted_nor_served(
    processes: Processes, home: Engine, add_version: AddVersion
) -> None:
    add_version(home, "v2", promoted=False)
    head = processes.home / "models" / "v2" / "head.safetensors"
    head.write_bytes(head.read_bytes()[:-1] + b"x")
    refused = processes.try_hamlet("promote", "v2")
    assert refused.returncode == 1
    assert "head.safetensors is not the file that was saved" in refused.stderr


def test_a_wrong_setting_refuses_to_start_by_name(processes: Processes) -> None:
    for name, value in (("HAMLET_PORT", "many"), ("HAMLET_BATCH_SIZE", "0"), ("HAMLET_BROKER_URL", "amqp://x")):
        processes.env[name] = value
        refused = processes.try_hamlet("run")
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"hamlet: {name} ")
        assert "Traceback" not in refused.stderr
        processes.env[name] = "8000" if name == "HAMLET_PORT" else ""
