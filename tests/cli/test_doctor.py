"""`hamlet doctor`: one line each, in time, without secrets, and an exit code that tells."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from cli import app
from cli.backup import making
from cli.doctor import installation, page, processes, telegram
from cli.doctor.line import Check, Mark, right, wrong
from cli.doctor.running import results
from jobs.heartbeat import Heartbeat
from jobs.redaction import Redaction
from jobs.settings import JobsSettings
from storage.settings import StorageSettings
from tests.cli.conftest import Terminal, Version
from tests.conftest import count
from tests.storage.steps import HEAD, STEPS, take_back
from tests.telegram_server import TOKEN

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lines(*checks: Check) -> dict[str, tuple[Mark, str]]:
    return {line.what: (line.mark, f"{line.text}: {line.remedy}") for line in results(checks)}


def of_installation() -> dict[str, tuple[Mark, str]]:
    return lines(*installation.checks())


def test_a_check_that_does_not_end_is_given_up_and_the_others_are_there(terminal: Terminal) -> None:
    stuck = Check("stuck", lambda: (threading.Event().wait(60) and []) or [], 0.2)
    broken = Check("broken", lambda: [][0])
    started = time.monotonic()
    assert not page.show(terminal.console, [stuck, broken, Check("fine", lambda: [right("fine", "all well")])])
    assert time.monotonic() - started < 5
    assert "✗ stuck   no answer within 0 s" in terminal.said
    assert "✗ broken  could not be checked (IndexError" in terminal.said
    assert "✓ fine    all well" in terminal.said
    assert "2 of 3 are wrong." in terminal.said


def test_the_exit_code_tells(home: Engine) -> None:
    assert CliRunner().invoke(app.app, ["doctor"]).exit_code == 1


def test_where_nothing_is_wrong_it_says_so(terminal: Terminal) -> None:
    assert page.show(terminal.console, [Check("fine", lambda: [right("fine", "all well")])])
    assert "Everything is as it should be." in terminal.said


def test_no_secret_is_printed_whoever_words_the_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HAMLET_BROKER_URL", "redis://:swordfish@broker:6379/0")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:pass%20word@proxy:3128")
    text = f"error at https://x/bot{TOKEN}/getMe swordfish pass%20word pass word \x1b[31m"
    page.show(terminal.console, [Check("a", lambda: [wrong("a", text, "")])])
    for secret in (TOKEN, "swordfish", "pass%20word", "pass word", "\x1b"):
        assert secret not in terminal.said


def test_short_secrets_do_not_eat_words() -> None:
    assert Redaction({"HAMLET_WEBHOOK_SECRET": "a"}).of("a database") == "a database"


def test_a_database_that_is_up_to_date_and_a_champion_that_is_whole(home: Engine, version: Version) -> None:
    version("v1", promoted=True)
    read = of_installation()
    assert read["database"] == (Mark.RIGHT, f"{home.url} answers and is at the newest step, {HEAD}: ")
    assert read["champion"][0] == Mark.RIGHT
    assert read["database's clock"][0] == Mark.NOTHING


def test_a_database_that_is_behind(home: Engine) -> None:
    take_back(home, STEPS[-2])
    mark, text = of_installation()["database"]
    assert mark == Mark.WRONG
    assert f"at step {STEPS[-2]} of {HEAD}: run `hamlet migrate`" in text


def test_a_champion_with_a_changed_byte_is_damaged(home: Engine, version: Version) -> None:
    version("v1", promoted=True)
    (StorageSettings().models / "v1" / "head.safetensors").write_bytes(b"damaged")
    mark, text = of_installation()["champion"]
    assert (mark, "v1 is damaged: head.safetensors is not the file that was saved" in text) == (Mark.WRONG, True)


def test_no_champion(home: Engine) -> None:
    assert of_installation()["champion"][0] == Mark.WRONG


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", "postgresql://me:swordfish@127.0.0.1:1/none")
    mark, text = of_installation()["database"]
    assert (mark, "cannot be reached" in text, "swordfish" in text) == (Mark.WRONG, True, False)


def test_the_clock_of_postgresql_is_compared(postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", postgres_engine.url.render_as_string(hide_password=False))
    assert count(postgres_engine, "chats") == 0
    assert of_installation()["database's clock"] == (Mark.RIGHT, "differs from this machine's by 0 s: ")


@pytest.mark.parametrize(("seconds", "words"), [(60, "60 s behind"), (-60, "60 s ahead")])
def test_a_clock_that_differs(seconds: int, words: str) -> None:
    line = installation.clock("clock", timedelta(seconds=seconds), timedelta(seconds=5))
    assert (line.mark, words in line.text) == (Mark.WRONG, True)


def test_the_age_of_the_last_backup(home: Engine, tmp_path: Path) -> None:
    folder = StorageSettings().home
    assert installation.last_backup(folder, NOON).text == "none was made"
    made_at = making.back_up(tmp_path / "b.tar").manifest.made_at
    assert installation.last_backup(folder, made_at + timedelta(days=1)).mark == Mark.RIGHT
    assert installation.last_backup(folder, made_at + timedelta(days=8)).text.startswith("8.0 days ago")
    (folder / making.LAST).write_text("[]")
    assert installation.last_backup(folder, NOON).mark == Mark.WRONG


def test_a_disk_with_little_room(tmp_path: Path) -> None:
    assert installation.room("room", tmp_path / "not" / "yet", 1).mark == Mark.RIGHT
    assert installation.room("room", tmp_path, 10**18).mark == Mark.WRONG


def test_processes_that_run_and_that_do_not(home: Engine) -> None:
    Heartbeat("worker", JobsSettings()).beat()
    read = lines(*processes.checks())
    assert read["worker"] == (Mark.RIGHT, "alive: ")
    assert read["actions"][0] == read["broker"][0] == Mark.WRONG
    assert read["bot"][0] == Mark.NOTHING


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where connections are taken and nothing is answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_page_comes_in_time_where_nothing_answers(
    terminal: Terminal, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", f"postgresql://me@127.0.0.1:{silent}/none")
    monkeypatch.setenv("HAMLET_BROKER_URL", f"redis://127.0.0.1:{silent}/0")
    monkeypatch.setenv("HAMLET_PORT", str(silent))
    monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", f"http://127.0.0.1:{silent}")
    started = time.monotonic()
    assert not page.show(terminal.console)
    assert time.monotonic() - started < 10
    assert "✗ Telegram" in terminal.said


def test_something_else_that_answers_as_telegram(home: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", f"http://127.0.0.1:{server.server_port}")
    assert "does not answer (an answer that is not Telegram's)" in lines(*telegram.checks())["Telegram"][1]
    server.shutdown()
    server.server_close()
