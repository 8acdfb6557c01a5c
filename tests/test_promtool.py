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


@pytest.mark.parametrize("words", [["check", "rules", "alerts.yaml"], ["check", "config", "prometheus.yaml"]])
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
    ask = "count(ALERTS{alertname='HamletUpdatesWait', alertstate='firing'})"
    case = {
        "interval": "1m",
        "input_series": [{"series": "hamlet_updates_oldest_age_seconds", "values": ages}],
        "promql_expr_test": [
            {
                "expr": ask,
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }
    file = tmp_path / "lag.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "alerts.yaml")], "tests": [case]}))
    done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
