"""`hamlet run`: prepare, train the first time, start every process, print the links, stop everything on Ctrl-C."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time

import httpx
from rich.console import Console

from actions.settings import ActionsSettings, OutboundSettings
from cli import database, preparation, supervision
from cli.errors import CommandError
from cli.logins import login_link
from cli.supervision import Plan, python
from jobs import heartbeat
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.settings import StorageSettings
from worker.settings import WorkerSettings

READY_SECONDS = 90.0
TRY_IT = '.venv/bin/hamlet classify "FREE USDT AIRDROP, connect your wallet" "Who is selling their bike?"'
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ (?:INFO|WARN|CRIT|ERRO) (.*)")
DIED = re.compile(r"(?:WARN|INFO) exited: (\S+) \((.*)\)")


def run(console: Console) -> None:
    """The whole of `make run` after the installation. Returns when stopped; raises the named errors."""
    storage, jobs, review, actions, _ = _settings()
    home = storage.home.expanduser().resolve()
    with preparation.only_one(home):
        if left := supervision.end_leftovers(home):
            console.print(f"Stopped {left} processes that an earlier run had left behind.")
        preparation.require_free_port(review)
        migrated = database.migrate()
        console.print(f"Database: {migrated.address}.{migrated.about_backup}", markup=False)
        preparation.ensure_champion(console, storage, home)
        plan = Plan(home, jobs.runtime, None if jobs.broker_url else jobs.socket, _processes(actions))
        _serve(console, plan, jobs, review)


def _settings() -> tuple[StorageSettings, JobsSettings, ReviewSettings, ActionsSettings, WorkerSettings]:
    """All settings at once, so that a wrong one is reported before anything starts."""
    actions = ActionsSettings()
    OutboundSettings()  # a wrong value refuses now, not in a process that would start again and again
    if actions.telegram_token is not None:
        from bot.settings import BotSettings

        BotSettings()
    return StorageSettings(), JobsSettings(), ReviewSettings(), actions, WorkerSettings()


def _processes(actions: ActionsSettings) -> dict[str, list[str]]:
    processes = {
        "worker": python("worker"),
        "actions": python("actions"),
        "training": python("training"),
        "schedule": python("jobs"),
        "review": python("review"),
    }
    return processes | ({"bot": python("bot")} if actions.telegram_token is not None else {})


def _serve(console: Console, plan: Plan, jobs: JobsSettings, review: ReviewSettings) -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    started_at = time.time()
    supervisor = supervision.start(plan)
    threading.Thread(target=_relay, args=(console, supervisor, stopping), daemon=True).start()
    try:
        if _wait_until_ready(console, jobs, review, started_at, stopping, supervisor):
            _greet(console, plan, review)
        while not stopping.wait(0.5):
            if supervisor.poll() is not None:
                raise CommandError(f"the supervisor ended unexpectedly; see {plan.home / 'logs' / 'supervisor.log'}")
    finally:
        stopping.set()
        console.print("\nStopping …")
        supervision.stop(supervisor, plan.home)
        console.print("Stopped.")


def _wait_until_ready(
    console: Console,
    jobs: JobsSettings,
    review: ReviewSettings,
    started_at: float,
    stopping: threading.Event,
    supervisor: subprocess.Popen[str],
) -> bool:
    """Wait until the site answers and the worker beats. Returns False where we are stopped first."""
    with console.status("Starting …"):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if stopping.wait(0.1) or supervisor.poll() is not None:
                return False
            age = heartbeat.silence_here("worker", jobs)
            if age is not None and time.time() - age >= started_at and _answers(review):
                return True
    console.print(f"Not everything is up after {READY_SECONDS:.0f} s; hamlet keeps trying. The lines above say why.")
    return not stopping.is_set()


def _answers(review: ReviewSettings) -> bool:
    try:
        return httpx.get(f"{review.local_url}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _greet(console: Console, plan: Plan, review: ReviewSettings) -> None:
    telegram = "listening" if "bot" in plan.processes else "off (set HAMLET_TELEGRAM_TOKEN, see README)"
    console.print(f"\nhamlet serves.\n  Telegram    {telegram}\n  logs        {plan.home / 'logs'}")
    console.print(f"  log in      {login_link(None)}", style="bold")
    console.print(f"              once, within 15 minutes; then {review.url}/chat and {review.url}/review")
    console.print(f"  try it      {TRY_IT}", markup=False)
    console.print("  another link: .venv/bin/hamlet login · stop: Ctrl-C\n")


def _relay(console: Console, supervisor: subprocess.Popen[str], stopping: threading.Event) -> None:
    """Print the warnings of the processes, and which of them died and is being restarted."""
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        if match := DIED.search(line):
            if not stopping.is_set():
                console.print(f"{match[1]} ended ({match[2]}); it is being restarted.", markup=False)
        elif not LOG_LINE.match(line) and line.strip():
            console.print(line.rstrip(), markup=False)
