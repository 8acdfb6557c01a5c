"""Dashboard, alert rules and their document name metrics and labels that exist, and each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

import actions.figures
import bot.updates
import bot.watch
import training.lifecycle.tasks
import worker.figures
from jobs.metrics import OFFSETS, REGISTRY
from review.monitoring import DatabaseFigures
from storage.session import open_engine
from tests import fresh
from tests.storage import given

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "monitoring"
DOCUMENT = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
DEFINED_BY = (actions.figures, bot.updates, bot.watch, training.lifecycle.tasks, worker.figures)  # imported for that
WORDS = {"and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right", "bool", "offset", "le"}
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
SCRAPED = {"up": {"job", "instance"}}  # Prometheus's own, with the labels it adds to every series


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database in which every figure has a value."""
    engine = open_engine(fresh.sqlite(tmp_path / "h.sqlite3"))
    given.version(engine)
    given.in_shadow(engine)
    yield engine
    engine.dispose()


@cache
def processes_metrics() -> dict[str, set[str]]:
    """Every series that a process counts itself, with its labels."""
    return {
        f"{collector._name}{ending}": {*collector._labelnames, *({"le"} if ending == "_bucket" else ())}
        for collector in REGISTRY._collector_to_names
        if hasattr(collector, "_labelnames")
        for ending in ENDINGS.get(collector._type, ("",))
    }


def exist(engine: Engine) -> dict[str, set[str]]:
    """Every series there is, with its labels."""
    own = {
        family.name: set(family.samples[0].labels) if family.samples else set()
        for family in DatabaseFigures(engine, lambda _: True).collect()
    }
    of_the_library = {
        sample.name: set[str]()
        for family in REGISTRY.collect()
        if family.name.startswith("process_")
        for sample in family.samples
    }
    return processes_metrics() | own | of_the_library | SCRAPED


def unknown(expression: str, series: dict[str, set[str]]) -> list[str]:
    """Names in the expression that are no series, no label of its series, no function and no word of the language."""
    plain = re.sub(r"\[[^]]*\]|\"[^\"]*\"", "", expression)
    labels = {"job", "instance"}.union(*(series[name] for name in re.findall(r"[a-z_]+", plain) if name in series))
    wrong = [
        f"{name}{{{label}}}"
        for name, matchers in re.findall(r"([a-z_]+)\{([^}]*)\}", plain)
        for label in re.findall(r"([a-z_]+)\s*[=!]", matchers)
        if label not in series.get(name, set()) | {"job", "instance"}
    ]
    rest = re.sub(r"\{[^}]*\}", "", plain)
    for grouped in re.findall(r"\b(?:by|on|group_left)\s*\(([^)]*)\)", rest):
        wrong += [label for label in re.findall(r"[a-z_]+", grouped) if label not in labels]
    rest = re.sub(r"\b(?:by|on|group_left)\s*\([^)]*\)", "", rest)
    names = re.findall(r"(?<![\w.])[a-z_]+\b(?!\s*\()", rest)
    return wrong + [name for name in names if name not in series and name not in WORDS]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_alerts_name_metrics_and_labels_that_exist(engine: Engine) -> None:
    series = exist(engine)
    assert {rule["alert"]: wrong for rule in rules() if (wrong := unknown(rule["expr"], series))} == {}


def test_panels_name_metrics_and_labels_that_exist(engine: Engine) -> None:
    series = exist(engine)
    asked = {(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]}
    assert {title: wrong for title, expr in asked if (wrong := unknown(expr, series))} == {}


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("hamlet_redy == 0", ["hamlet_redy"]),
        ('sum by (colour) (rate(hamlet_verdicts_total{outcome="spam"}[1h]))', ["colour"]),
        ('hamlet_verdicts_total{colour="red"} > 1', ["hamlet_verdicts_total{colour}"]),
        ("hamlet_verdicts > 1", ["hamlet_verdicts"]),
        ("time() - (hamlet_champion_promoted_timestamp_seconds > 0) > 4e9", []),
    ],
)
def test_what_does_not_exist_is_noticed(engine: Engine, expression: str, wrong: list[str]) -> None:
    assert unknown(expression, exist(engine)) == wrong


def test_every_metric_is_in_the_document_and_no_other(engine: Engine) -> None:
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exist(engine) if name.startswith("hamlet_")}
    assert set(re.findall(r"`(hamlet_[a-z_]+)", DOCUMENT)) == named


def test_every_alert_is_explained_under_its_name_with_what_to_do() -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))
    assert list(sections) == [rule["alert"] for rule in rules()]
    assert [name for name, text in sections.items() if "**What to do:**" not in text] == []


def test_every_alert_has_a_severity_and_a_summary() -> None:
    assert all(rule["labels"]["severity"] in ("critical", "warning", "info") for rule in rules())
    assert all(
        rule["annotations"]["summary"] and set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        for rule in rules()
    )


def test_no_two_panels_stand_in_the_same_place() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]
    assert len(set(places)) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels())


def scraped(file: str) -> dict[str, Any]:
    (job,) = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))["scrape_configs"]
    assert job["job_name"] == "hamlet"
    return dict(job)


def test_every_process_is_scraped() -> None:
    (addresses,) = scraped("prometheus.yaml")["static_configs"]
    ports = [int(target.rpartition(":")[2]) for target in addresses["targets"]]
    assert ports == [9460 + offset for offset in sorted(OFFSETS.values())]


def test_every_replica_of_every_service_is_scraped() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    looked_up = scraped("prometheus-compose.yaml")["dns_sd_configs"]
    assert {entry["type"] for entry in looked_up} == {"A"}, "a name's every address"
    ports = {name: entry["port"] for entry in looked_up for name in entry["names"]}
    assert ports == {process: 9460 + offset for process, offset in OFFSETS.items()}
    assert set(ports) <= set(services)


def test_a_replica_is_told_from_the_others() -> None:
    """Alerts and panels join series on `instance`, which therefore holds the replica's address."""
    (relabelled,) = scraped("prometheus-compose.yaml")["relabel_configs"]
    assert relabelled["target_label"] == "instance"
    assert "__address__" in relabelled["source_labels"]
    own = [
        target["legendFormat"] for panel in panels() for target in panel["targets"] if "group_left" in target["expr"]
    ]
    assert own
    assert all("{{instance}}" in legend for legend in own)


def test_what_is_missed_when_it_is_gone_are_the_processes_that_always_run() -> None:
    (gone,) = [rule["expr"] for rule in rules() if rule["alert"] == "HamletProcessGone"]
    assert set(re.findall(r"absent\(hamlet_process_info\{job=\"hamlet\",process=\"(\w+)\"\}\)", gone)) == set(
        OFFSETS
    ) - {"bot"}


def test_no_service_publishes_its_metrics() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    published = {port.rpartition(":")[2] for service in services.values() for port in service.get("ports", [])}
    assert published == {"8000", "8443"}
