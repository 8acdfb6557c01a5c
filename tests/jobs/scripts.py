"""Python scripts run as processes of their own, for what is set up once a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(script: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script to its end with these settings and no others; it must succeed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HAMLET_")}
    env = inherited | {"PYTHONPATH": str(ROOT), "HAMLET_HOME": str(folder / "home")} | settings
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done
