"""Where traces are off, cannot be had or do not arrive, a process goes on as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs import scripts
from tests.jobs.collector import Collector

NOWHERE = "http://127.0.0.1:1/v1/traces"

STARTS = """
import sys
from jobs import logs, monitoring, traces
from jobs.settings import JobsSettings

settings = JobsSettings()
logs.configure("worker", settings)
monitoring.start("worker", settings)
with traces.span("one") as span, traces.within("another", "client"):
    span.rename("two")
    span.attribute("a.name", 1)
    span.fail("500")
print("on" if traces.is_on() else "off", *(name for name in sys.modules if name.startswith("opentelemetry")))
"""
WITHOUT = f"import sys\nsys.modules['opentelemetry.sdk'] = None\n{STARTS}"
MANY = f"{STARTS}\nfor number in range(3_000):\n    with traces.span('many'):\n        pass\n"


def test_by_default_nothing_is_loaded(tmp_path: Path) -> None:
    assert scripts.run(STARTS, tmp_path).stdout.split() == ["off"]


def test_where_the_packages_are_missing_that_is_said_with_the_remedy(tmp_path: Path) -> None:
    done = scripts.run(WITHOUT, tmp_path, HAMLET_TRACES_URL=NOWHERE)
    assert done.stdout.splitlines()[-1].split()[0] == "off"
    assert done.stderr.count("no traces: a package is missing") == 1
    assert "`make traces`" in done.stderr


def test_an_address_that_is_away_is_one_warning(tmp_path: Path) -> None:
    done = scripts.run(MANY, tmp_path, HAMLET_TRACES_URL=NOWHERE, HAMLET_TRACES_SHARE="1")
    assert done.stderr.count("traces do not arrive") == 1
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("status", "warnings"), [(200, 0), (404, 1)])
def test_every_batch_goes_to_a_collector_that_refuses_none(tmp_path: Path, status: int, warnings: int) -> None:
    with Collector(status) as collector:
        done = scripts.run(STARTS, tmp_path, HAMLET_TRACES_URL=collector.url, HAMLET_TRACES_SHARE="1")
    assert {span.name for span in collector.spans()} == {"two", "another"}
    assert done.stderr.count("traces do not arrive") == warnings


def test_a_share_of_none_sends_nothing(tmp_path: Path) -> None:
    with Collector() as collector:
        scripts.run(STARTS, tmp_path, HAMLET_TRACES_URL=collector.url, HAMLET_TRACES_SHARE="0")
    assert collector.bodies == []
