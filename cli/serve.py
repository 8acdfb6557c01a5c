"""`hamlet run`: prepare, train the first time, start every process, say where to click, stop it all on Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console

from cli import site, supervision
from cli.app import CommandError
from cli.supervision import Plan, python
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.queries import versions, wellness
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from worker.settings import ActionsSettings, WorkerSettings

READY_SECONDS = 90.0
TRY_IT = '.venv/bin/hamlet classify "FREE USDT AIRDROP, connect your wallet" "Who is selling their bike?"'
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ (?:INFO|WARN|CRIT|ERRO) (.*)")
DIED = re.compile(r"(?:WARN|INFO) exited: (\S+) \((.*)\)")


def run(console: Console) -> None:
    """The whole of `make run` after the installation. Returns when stopped; raises the named errors."""
    storage, jobs, review, actions, _ = _settings()
    home = storage.home.expanduser().resolve()
    with _only_one(home):
        if left := supervision.end_leftovers(home):
            console.print(f"Stopped {left} processes that an earlier run had left behind.")
        _require_free_port(review)
        database = site.migrate()
        console.print(f"Database: {database.address}.{database.kept}", markup=False)
        _ensure_champion(console, storage, home)
        plan = Plan(home, jobs.runtime, None if jobs.broker_url else jobs.socket, _processes(actions))
        _serve(console, plan, jobs, review)


def _settings() -> tuple[StorageSettings, JobsSettings, ReviewSettings, ActionsSettings, WorkerSettings]:
    """All settings at once, so that a wrong one is met before anything starts."""
    actions = ActionsSettings()
    if actions.telegram_token is not None:
        from bot.settings import BotSettings

        BotSettings()
    return StorageSettings(), JobsSettings(), ReviewSettings(), actions, WorkerSettings()


def _processes(actions: ActionsSettings) -> dict[str, list[str]]:
    processes = {
        "worker": python("worker"),
        "actions": python("worker", "actions"),
        "training": python("training"),
        "schedule": python("jobs"),
        "review": python("review"),
    }
    return processes | ({"bot": python("bot")} if actions.telegram_token is not None else {})


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock. Raises CommandError while another `hamlet run` holds it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = (home / "run.lock").open("a+")
    except OSError as error:
        raise CommandError(f"the folder {home} cannot be used: {error.strerror}; set HAMLET_HOME to another") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"hamlet is running in {home} already; stop it, or set HAMLET_HOME and HAMLET_PORT"
            ) from error
        yield


def _require_free_port(review: ReviewSettings) -> None:
    family = socket.AF_INET6 if ":" in review.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((review.host, review.port))
        except OSError as error:
            reason = f"port {review.port} on {review.host} cannot be used ({error.strerror})"
            raise CommandError(f"{reason}; choose another: `HAMLET_PORT={review.port + 1} make run`") from error


def _ensure_champion(console: Console, storage: StorageSettings, home: Path) -> None:
    """The first time, fine-tune; a version whose training ended but was never promoted is taken up."""
    engine = open_engine(storage.address)
    with reading(engine) as session:
        champion, challenger = versions.champion(session), versions.newest_challenger(session)
        judge = wellness.judge(session, storage.has_files)
    if champion is not None:
        console.print(site.who_serves(storage, champion.name, judge), markup=False)
        return
    if challenger is None:
        console.print(
            "No model version yet: fine-tuning one on the seed set (two minutes on two cores, ten where the processor has no bf16)."
        )
        _train_apart(home)
    with transaction(engine) as session:
        challenger = versions.newest_challenger(session)
        if challenger is None:
            raise CommandError("the fine-tuning run registered no model version; run `hamlet train` to see why")
        versions.promote(session, challenger.name, "the first run")


def _train_apart(home: Path) -> None:
    """Fine-tune in a process of its own: what it takes of memory, gigabytes, must not stay while we serve."""
    done = subprocess.run(python("cli", "train"), env=os.environ | {supervision.MARK: str(home)})
    if done.returncode:
        raise CommandError("the fine-tuning run did not end well, see above; `make run` takes it up again")


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
                raise CommandError(f"the supervisor ended by itself; see {plan.home / 'logs' / 'supervisor.log'}")
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
    """Wait until the site answers and the worker's loop turns. Returns False where we are stopped first."""
    with console.status("Starting …"):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if stopping.wait(0.1) or supervisor.poll() is not None:
                return False
            age = Heartbeat("worker", jobs).age_seconds()
            if age is not None and time.time() - age >= started_at and _answers(review):
                return True
    console.print(
        f"Not everything is up after {READY_SECONDS:.0f} s; it is still being tried. The lines above say why."
    )
    return not stopping.is_set()


def _answers(review: ReviewSettings) -> bool:
    try:
        return httpx.get(f"{review.local_url}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _greet(console: Console, plan: Plan, review: ReviewSettings) -> None:
    telegram = "listening" if "bot" in plan.processes else "off (set HAMLET_TELEGRAM_TOKEN, see README)"
    console.print(f"\nhamlet serves.\n  Telegram    {telegram}\n  logs        {plan.home / 'logs'}")
    console.print(f"  log in      {site.login_link(None)}", style="bold")
    console.print(f"              once, within 15 minutes; then {review.url}/chat and {review.url}/review")
    console.print(f"  try it      {TRY_IT}", markup=False)
    console.print("  another link: .venv/bin/hamlet login · stop: Ctrl-C\n")


def _relay(console: Console, supervisor: subprocess.Popen[str], stopping: threading.Event) -> None:
    """Show what the processes warn about, and which of them died and is restarted."""
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        if found := DIED.search(line):
            if not stopping.is_set():
                console.print(f"{found[1]} ended ({found[2]}); it is started again.", markup=False)
        elif not LOG_LINE.match(line) and line.strip():
            console.print(line.rstrip(), markup=False)
