"""`python -m benchmarks.memory --json`: what every process of `hamlet run` takes, at rest and while a run learns.

In a copy of HAMLET_HOME, which has a champion; the bot talks to the tests' own Telegram. A process's share is its PSS: memory
that processes share is counted once, in parts. `--run` also has the schedule learn once, from the default seed set
with the feature cache as it is, and watches the sum of all shares; `--fast` watches for ten seconds at rest.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine

from benchmarks.bench import answer, options, ran_on, say
from cli import supervision
from storage.learning import runs
from storage.models import Run, RunState
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from tests.processes import Processes, free_port
from tests.telegram_server import TOKEN, TelegramServer

TEXTS = ("Are we still on for dinner?", "FREE prize, claim now at http://prize.example", "завтра пары ко второй?")
SETTLE_SECONDS, FAST_SECONDS = 60.0, 10.0
LONGEST_RUN_SECONDS = 3_600.0
ENDED = (RunState.DONE, RunState.FAILED)
KINDS = ("worker", "actions", "bot", "review", "training run", "training", "beat", "valkey", "supervisor", "cli")


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--run", action="store_true", help="also while the schedule's run learns")
    chosen = parser.parse_args()
    home = StorageSettings().home
    if not any(home.glob("models/*/manifest.json")):
        sys.exit(f"There is no model version in {home}: `hamlet train` makes one.")
    answer(lambda: measure(home, FAST_SECONDS if chosen.fast else SETTLE_SECONDS, chosen.run), chosen.json)


def measure(home: Path, seconds: float, with_run: bool) -> dict[str, Any]:
    """The shares in MB: of each process at rest, of all together, and at the peak of a run."""
    with tempfile.TemporaryDirectory() as folder, TelegramServer() as telegram:
        settings = {
            "HAMLET_TELEGRAM_TOKEN": TOKEN,
            "HAMLET_TELEGRAM_API_URL": telegram.url,
            "HAMLET_PORT": str(free_port()),
        }
        with Processes(Path(folder), **settings) as processes:
            shutil.copytree(home, processes.home)
            say("hamlet run …")
            processes.run_hamlet()
            visitor = processes.visitor()
            for text in TEXTS:
                visitor.say(text)
            time.sleep(seconds)
            rest = shares(processes.home)
            figures: dict[str, Any] = {"rest_mb": rest, "rest_all_mb": sum(rest.values())}
            return figures | (_run(processes) if with_run else {}) | ran_on()


def shares(home: Path) -> dict[str, int]:
    """The PSS of every process of this home, in MB, by what it does."""
    sums: dict[str, float] = {}
    for process in supervision.ours(home):
        try:
            name, share = _name(process.cmdline()), process.memory_full_info().pss
        except psutil.Error:
            continue
        sums[name] = sums.get(name, 0.0) + share / 1e6
    return {name: round(share) for name, share in sorted(sums.items())}


def _name(command: list[str]) -> str:
    words = " ".join(command)
    if "training run" in words:
        return "training run"
    return next((kind for kind in KINDS if kind in words), words[-30:])


def _run(processes: Processes) -> dict[str, Any]:
    """The peak of all shares during a run of the schedule."""
    engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
    before = _newest_run(engine)
    processes.hamlet("train", "--now")
    peak, of_run, state = 0, 0, "not over"
    deadline = time.monotonic() + LONGEST_RUN_SECONDS
    while state == "not over" and time.monotonic() < deadline:
        now = shares(processes.home)
        peak, of_run = max(peak, sum(now.values())), max(of_run, now.get("training run", 0))
        newest = _newest_run(engine)
        if newest is not None and (before is None or newest.id > before.id) and newest.state in ENDED:
            state = str(newest.state)
        time.sleep(1)
    engine.dispose()
    return {"peak_of_a_run_mb": peak, "run_mb": of_run, "run": state}


def _newest_run(engine: Engine) -> Run | None:
    with reading(engine) as session:
        return runs.latest(session)


if __name__ == "__main__":
    main()
