"""Real processes for tests: each started as users start it, watched through its log, ended by its pid."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import httpx

from cli import supervision

ROOT = Path(__file__).resolve().parents[1]


def eventually(what: str, holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until it holds; fail, saying what did not, after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """Processes that share one home and one environment; all of them end with the test."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.home = folder / "home"
        self.folder = folder
        own = {"HAMLET_HOME": str(self.home), "HAMLET_WORKER_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        self.env = os.environ | own | settings
        self._running: list[subprocess.Popen[bytes]] = []
        self._visitors: list[Visitor] = []

    def __enter__(self) -> Processes:
        return self

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python -m <arguments>`; what it prints goes to `log(<first argument>)`."""
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments], env=self.env, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT
            )
        self._running.append(process)
        return process

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def hamlet(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a `hamlet` command to its end. Returns what it printed; fails with what it said where it fails."""
        done = self.try_hamlet(*arguments, stdin=stdin)
        assert done.returncode == 0, f"hamlet {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout

    def try_hamlet(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", *arguments]
        return subprocess.run(
            command, env=self.env, cwd=self.folder, capture_output=True, text=True, input=stdin, timeout=500
        )

    def run_hamlet(self) -> subprocess.Popen[bytes]:
        """`hamlet run`, until it has printed its login link."""
        process = self.start("cli", "run")
        eventually("hamlet run printed a login link", lambda: "log in " in self.log("cli"), 120)
        return process

    def visitor(self) -> Visitor:
        """Somebody at the site, logged in with the link that `hamlet run` printed."""
        found = Visitor(re.findall(r"http://\S+/login\?token=\S+", self.log("cli"))[0])
        self._visitors.append(found)
        return found

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, and wait until it is gone."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        for visitor in self._visitors:
            visitor.close()
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        for process in self._running:
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                self.kill(process)
        supervision.kill_all(list(supervision.ours(self.home)))


class Visitor:
    """A person at the review site, logged in with a link."""

    def __init__(self, link: str) -> None:
        self._site = httpx.Client(base_url=link.split("/login")[0], follow_redirects=True, timeout=20, trust_env=False)
        assert "Log in" in self._site.get(link).raise_for_status().text
        assert self._site.post("/login", data={"token": link.split("token=")[1]}).url.path == "/review"

    def say(self, text: str) -> dict[str, str]:
        """Write on the chat page and wait for the verdict: state, score and version as the page shows them."""
        form = {"csrf_token": self._token("/chat"), "text": text, "wants": "line"}
        line = self._site.post("/chat", data=form).raise_for_status().text
        row = re.findall(r'data-id="(\d+)"', line)[0]

        def is_judged() -> bool:
            nonlocal line
            line = self._site.get(f"/chat/lines/{row}").raise_for_status().text
            return 'data-state="pending"' not in line

        eventually("the message was judged", is_judged)
        found = {"row": row, "state": re.findall(r'data-state="([^"]+)"', line)[0]}
        return found | dict(re.findall(r'class="(score|version)">([^<]+)<', line))

    def flagged(self, show: str = "open") -> list[int]:
        """Verdicts on the review page, the newest first."""
        page = self._site.get("/review", params={"show": show}).raise_for_status().text
        return [int(found) for found in re.findall(r'id="verdict-(\d+)"', page)]

    def decide(self, verdict_id: int, is_spam: bool) -> None:
        form = {"csrf_token": self._token("/review"), "is_spam": str(is_spam).lower()}
        self._site.post(f"/review/{verdict_id}", data=form).raise_for_status()

    def reads(self, page: str) -> str:
        return self._site.get(page).raise_for_status().text

    def sends(self, page: str, to: str, **form: str) -> str:
        """Send a form of this page. Returns the page that follows."""
        return self._site.post(to, data={"csrf_token": self._token(page)} | form).raise_for_status().text

    def _token(self, page: str) -> str:
        return re.findall(r'name="csrf_token" value="([^"]+)"', self._site.get(page).raise_for_status().text)[0]

    def close(self) -> None:
        self._site.close()
