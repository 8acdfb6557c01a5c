"""Prometheus's own tool reads what operators copy, and says when an alert fires."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "monitoring"
WHY_NOT = "no promtool on this machine: `make debian` brings it"


@pytest.fixture
def promtool() -> str:
    """The program. Skips where there is none; fails where there must be one."""
    path = shutil.which("promtool")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(WHY_NOT)
    return path


@pytest.mark.parametrize(
    "words",
    [
        ["check", "rules", "alerts.yaml"],
        ["check", "config", "prometheus.yaml"],
        ["check", "config", "prometheus-compose.yaml"],
    ],
)
def test_promtool_accepts_the_files(promtool: str, words: list[str]) -> None:
    done = subprocess.run([promtool, *words], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("ages", "minute", "fires"),
    [
        ("0+60x30", 9, False),  # 300 seconds are passed at minute 6
        ("0+60x30", 12, True),
        ("310x3 0x27", 12, False),  # the bot caught up
        ("290x30", 30, False),
    ],
)
def test_a_bot_that_lags_for_minutes_is_told_of(
    promtool: str, tmp_path: Path, ages: str, minute: int, fires: bool
) -> None:
    series = {"hamlet_updates_oldest_age_seconds": ages}
    expect(promtool, tmp_path, series, "HamletUpdatesWait", minute, 1 if fires else 0)


@pytest.mark.parametrize(
    ("alert", "replicas", "minute", "firing"),
    [
        ("HamletProcessStuck", {1: "1x30", 2: "0+60x30", 3: "0+60x30", 4: "0+60x30"}, 12, 3),
        ("HamletProcessStuck", {1: "1x30", 2: "2x30"}, 12, 0),
        ("HamletProcessGone", {1: "1x30", 2: "1x5"}, 25, 0),
        ("HamletProcessGone", {1: "1x5", 2: "1x5"}, 25, 1),  # no longer known after minute 10
        ("HamletProcessGone", {1: "1x5", 2: "1x5"}, 8, 0),
    ],
)
def test_a_living_replica_hides_no_other_that_stands_still(
    promtool: str, tmp_path: Path, alert: str, replicas: dict[int, str], minute: int, firing: int
) -> None:
    series = {}
    for n, ages in replicas.items():
        of = f'job="hamlet", instance="worker 172.18.0.{n}:9461"'
        is_there = "1x5" if ages == "1x5" else "1x30"
        series |= {
            f"hamlet_heartbeat_age_seconds{{{of}}}": ages,
            f'hamlet_process_info{{{of}, process="worker"}}': is_there,
        }
    others = ("review", "actions", "schedule", "training")
    series |= {
        f'hamlet_process_info{{job="hamlet", instance="{other}", process="{other}"}}': "1x30" for other in others
    }
    expect(promtool, tmp_path, series, alert, minute, firing)


def expect(promtool: str, folder: Path, series: dict[str, str], alert: str, minute: int, firing: int) -> None:
    """Fails unless so many alerts of that name fire at that minute of the series, which have a value a minute."""
    question = {
        "expr": f"count(ALERTS{{alertname='{alert}', alertstate='firing'}})",
        "eval_time": f"{minute}m",
        "exp_samples": [{"labels": "{}", "value": firing}] if firing else [],
    }
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [question],
    }
    file = folder / "case.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "alerts.yaml")], "tests": [case]}))
    done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
