"""`hamlet stop` says what it stopped; `hamlet health` says what cannot be judged; `make run` says who serves."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli import chats, database, health, preparation, serve
from cli.errors import CommandError
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.models import Switch
from storage.processes import signs
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from tests.cli.conftest import Terminal, Version
from tests.storage import given


def work(engine: Engine) -> None:
    """A worker gives its sign of life."""
    with transaction(engine) as session:
        signs.of_work(session, "a worker")


def test_stopping_where_a_worker_works_says_which_database_is_stopped(home: Engine) -> None:
    work(home)
    assert chats.stop().startswith(f"Stopped sqlite:///{home.url.database}: in every chat only moderators act.")
    assert given.values(home, Switch.name) == ["stopped"]


def test_stopping_a_database_that_no_worker_works_with_does_not_say_stopped(home: Engine) -> None:
    with pytest.raises(CommandError, match="no worker uses that database: a hamlet running on another"):
        chats.stop()
    assert given.values(home, Switch.name) == ["stopped"], "whatever starts there stays stopped"


def test_a_worker_that_worked_an_hour_ago_works_no_more(home: Engine) -> None:
    work(home)
    given.passed(home, "leases", "until")
    with pytest.raises(CommandError, match="no worker uses"):
        chats.stop()


def test_a_worker_that_beats_and_cannot_judge_is_not_well(home: Engine) -> None:
    Heartbeat("worker", JobsSettings()).beat()
    with pytest.raises(CommandError, match="no model version serves"):
        health.check("worker")


def test_a_worker_that_beats_and_has_its_champion_is_well(home: Engine, version: Version) -> None:
    version("v1", promoted=True)
    Heartbeat("worker", JobsSettings()).beat()
    health.check("worker")


def test_a_containers_check_does_not_ask_another_container(home: Engine, version: Version) -> None:
    version("v1", promoted=True)
    Heartbeat("worker", JobsSettings()).beat()
    (file,) = JobsSettings().runtime.glob("worker.*.heartbeat")
    file.rename(file.with_name("worker.0123456789ab.1.heartbeat"))
    with pytest.raises(CommandError, match="worker has shown no sign of life yet"):
        health.check("worker")
    health.check_heartbeat("worker")


def test_health_of_everything_says_all_that_is_wrong(home: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_PORT", "1")
    Heartbeat("actions", JobsSettings()).beat()
    with pytest.raises(CommandError) as refused:
        health.check_all()
    for wrong in ("review site does not answer", "no model version serves", "worker has shown", "schedule has shown"):
        assert wrong in str(refused.value)
    assert "actions has" not in str(refused.value)
    assert "bot has" not in str(refused.value), "there is none without a token"


@pytest.fixture
def port() -> Iterator[int]:
    """Where something answers as the review site does."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_our_own_site_is_not_asked_through_a_proxy(port: int, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HAMLET_PORT", str(port))
    health.check("review")
    assert serve._answers(ReviewSettings())


# Who serves


def start(terminal: Terminal) -> str:
    storage = StorageSettings()
    preparation.ensure_champion(terminal.console, storage, storage.home)
    return terminal.said


def put_aside(name: str) -> None:
    folder = StorageSettings().models / name
    folder.rename(folder.with_name(f"{name}-old"))


def test_a_version_with_its_files_serves(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    assert start(terminal) == "Model version v1 serves.\n"


def test_a_version_whose_folder_is_gone_does_not_serve(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    put_aside("v1")
    assert "nothing can be judged until you put them back" in start(terminal)


def test_a_version_that_lacks_a_file_does_not_serve(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    (StorageSettings().models / "v1" / "head.safetensors").unlink()
    assert "serves" not in start(terminal)


def test_the_version_before_is_named_where_it_judges_instead(
    home: Engine, version: Version, terminal: Terminal
) -> None:
    version("v1", promoted=True)
    version("v2", promoted=True)
    put_aside("v2")
    assert "v1 judges instead until you put them back" in start(terminal)


def test_a_tilde_in_the_address_of_a_database_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HAMLET_DATABASE_URL", "sqlite:///~/data/h.sqlite3")
    database.migrate()
    assert (tmp_path / "data" / "h.sqlite3").exists()
    open_engine("sqlite:///~/other/h.sqlite3").connect().close()
    assert (tmp_path / "other" / "h.sqlite3").exists()
