"""Reports of errors: they say which and where, and never what anybody wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.jobs import scripts

TEXT = "meet-me-behind-the-old-mill"

SCRIPT = """
import json, logging, sys, threading
import structlog
from sentry_sdk.transport import Transport
from jobs import error_reports, logs
from jobs.settings import JobsSettings

class Kept(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            sys.__stdout__.write("REPORT " + json.dumps(item.payload.json) + "\\n")

settings = JobsSettings()
logs.configure("worker", settings)
assert error_reports.start("worker", settings, Kept)
log = structlog.get_logger()

def judge(text):
    words = text.split("-")
    raise ValueError(f"cannot judge {text} {words}")

def within(text):
    try:
        judge(text)
    except ValueError as error:
        raise KeyError(text) from error

text = "-".join(["meet", "me", "behind", "the", "old", "mill"])
log.warning("careful line", reason=text)
try:
    within(text)
except KeyError:
    log.exception("message could not be judged", text=text, message_row=7)
try:
    judge(text)
except ValueError:
    logging.getLogger("celery.app.trace").exception("Task failed on %s", text)
log.error("messages failed", reason=text)
logging.getLogger("library").error(f"a line with {text} in it")
thread = threading.Thread(target=judge, args=(text,))
thread.start()
thread.join()
judge(text)
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("reports")
    dsn = "https://key@sentry.example.org/1"
    printed = scripts.run(
        f"import sys\ntry:\n    exec({SCRIPT!r})\nexcept ValueError as error:\n    sys.excepthook(*sys.exc_info())",
        folder,
        HAMLET_SENTRY_DSN=dsn,
    ).stdout
    return [json.loads(line.removeprefix("REPORT ")) for line in printed.splitlines() if line.startswith("REPORT ")]


def kinds(report: dict[str, Any]) -> list[str]:
    return [error["type"] for error in report.get("exception", {}).get("values", [])]


def test_nothing_that_anybody_wrote_is_reported(reports: list[dict[str, Any]]) -> None:
    assert TEXT not in json.dumps(reports)
    assert "behind" not in json.dumps(reports), "nor in the variables of a frame"


def test_every_error_is_reported_and_no_warning(reports: list[dict[str, Any]]) -> None:
    assert [kinds(report) for report in reports] == [
        ["ValueError", "KeyError"],
        ["ValueError"],
        [],
        [],
        ["ValueError"],
        ["ValueError"],
    ]


def test_a_report_says_where_it_happened(reports: list[dict[str, Any]]) -> None:
    frames = [frame["function"] for frame in reports[0]["exception"]["values"][0]["stacktrace"]["frames"]]
    assert frames == ["within", "judge"]
    assert reports[0]["logentry"] == {"message": "message could not be judged"}
    assert reports[0]["tags"] == {"process": "worker"}


def test_a_librarys_line_is_named_by_its_logger_alone(reports: list[dict[str, Any]]) -> None:
    assert (reports[3]["logger"], "logentry" in reports[3]) == ("library", False)


def test_a_report_has_no_host_no_person_and_no_request(reports: list[dict[str, Any]]) -> None:
    allowed = {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk", "tags"}
    for report in reports:
        assert set(report) <= allowed | {"logentry", "exception"}


def test_without_an_address_the_library_is_not_even_loaded(tmp_path: Path) -> None:
    script = """
import sys
from jobs import monitoring
from jobs.settings import JobsSettings
monitoring.start("worker", JobsSettings())
assert "sentry_sdk" not in sys.modules
"""
    scripts.run(script, tmp_path)
