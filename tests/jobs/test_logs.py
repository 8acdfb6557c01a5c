"""What a process logs, seen from outside: which line goes where, and what is never in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.jobs import scripts

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

SCRIPT = f"""
import logging, warnings
import structlog
from jobs import logs
from jobs.settings import JobsSettings

logs.configure("worker", JobsSettings())
log = structlog.get_logger()
log.info("calm line", messages=3)
log.debug("hidden line")
log.warning("careful line", reason="the broker is away")
for attempt in range(3):
    log.warning("repeated line", reason=f"try {{attempt}}")
log.warning("told line", reason="one")
log.warning("told line", reason="another")
for _ in range(2):
    log.info("twice line")
log.info("words line", text="ünïcode \\U0001f600")
logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/secret")
logging.getLogger("httpx").warning("httpx warns")
logging.getLogger("library").warning("library line %d", 7)
warnings.warn("warned line")
log.info("token line", token="{TOKEN}")
logging.getLogger("library").warning("asked with %s once", "{TOKEN}")
logging.getLogger("library").warning("address line https://api.telegram.org/bot{TOKEN}/getMe")
try:
    raise ValueError("refused: {TOKEN}")
except ValueError:
    log.exception("broken line")
for broken in (KeyError, IndexError):
    log.error("another broken line", exc_info=broken("x"))
try:
    raise OSError("connection reset")
except OSError:
    logging.getLogger("kombu.connection").error("lost line", exc_info=True)
"""


class Logged:
    def __init__(self, out: str, err: str) -> None:
        self.out, self.err = out.splitlines(), err.splitlines()
        self.all = out + err

    def lines(self, words: str) -> tuple[int, int]:
        """How many lines say so on standard output and on standard error."""
        return sum(words in line for line in self.out), sum(words in line for line in self.err)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    done = scripts.run(SCRIPT, tmp_path_factory.mktemp("text"))
    return Logged(done.stdout, done.stderr)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each line of the JSON format by its event."""
    done = scripts.run(SCRIPT, tmp_path_factory.mktemp("json"), HAMLET_LOG_FORMAT="json")
    return {record["event"]: record for record in map(json.loads, done.stdout.splitlines())}


def test_a_line_names_its_time_level_process_and_values(text: Logged) -> None:
    [line] = [line for line in text.out if "calm line" in line]
    assert line[:2] == "20"
    assert "info" in line
    assert "[worker]" in line
    assert "messages=3" in line


@pytest.mark.parametrize(
    ("words", "on_stdout", "on_stderr"),
    [
        ("calm line", 1, 0),
        ("hidden line", 0, 0),
        ("careful line", 1, 1),
        ("twice line", 2, 0),
        ("library line 7", 1, 1),
        ("warned line", 1, 1),
        ("HTTP Request", 0, 0),
        ("httpx warns", 1, 1),
    ],
)
def test_a_line_goes_where_it_belongs(text: Logged, words: str, on_stdout: int, on_stderr: int) -> None:
    assert text.lines(words) == (on_stdout, on_stderr)


def test_a_warning_that_repeats_with_other_numbers_is_said_once(text: Logged) -> None:
    assert text.lines("repeated line") == (1, 1)


def test_a_warning_for_another_reason_is_another_warning(text: Logged) -> None:
    assert text.lines("told line") == (2, 2)


def test_a_bot_token_is_not_shown(text: Logged) -> None:
    assert text.lines("<token>") >= (3, 2)
    assert not any(TOKEN in line for line in text.out + text.err if "address line" not in line)


def test_a_bot_token_in_an_address_is_not_shown(text: Logged) -> None:
    assert TOKEN not in text.all


def test_two_errors_of_one_line_are_both_said(text: Logged) -> None:
    assert (text.lines("KeyError"), text.lines("IndexError")) == ((1, 1), (1, 1))


def test_a_traceback_is_logged_without_the_token_in_it(text: Logged) -> None:
    assert text.lines("ValueError: refused: <token>") == (1, 1)
    assert text.lines("Traceback") == (1, 1)


def test_a_lost_connection_is_said_without_its_traceback(text: Logged) -> None:
    assert text.lines("lost line") == (1, 1)
    assert text.lines("connection reset") == (0, 0)


def test_the_json_format_is_one_object_a_line(records: dict[str, dict[str, Any]]) -> None:
    calm = records["calm line"]
    assert (calm["level"], calm["logger"], calm["messages"]) == ("info", "worker", 3)
    assert calm["timestamp"].startswith("20")


def test_the_json_format_keeps_letters_and_tracebacks(records: dict[str, dict[str, Any]]) -> None:
    assert records["words line"]["text"] == "ünïcode \U0001f600"
    assert "ValueError: refused: <token>" in records["broken line"]["exception"]
