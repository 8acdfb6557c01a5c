"""hamlet's processes, started again as by a supervisor when they end."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.processes import Processes

MODULES = {"bot": "bot", "worker": "worker", "actions": "actions", "training": "training", "schedule": "jobs"}
ALL = tuple(MODULES)
USUAL = (
    "bot",
    "worker",
    "actions",
    "schedule",
)  # training, which no message waits for, runs where a scenario is about it
LONGEST_START = 600.0  # of a process, on a busy machine


class Supervised:
    """Starts processes by name, ends them, and starts again what ended by itself."""

    processes: Processes

    def __init__(self, home: Path) -> None:
        self.home = home
        self.restarts = 0  # of processes that ended by themselves
        self.on_start: dict[str, Callable[[int], object]] = {}  # what is done to a process of that name as it starts
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._homes: dict[str, Processes] = {}
        self._started_at: dict[str, float] = {}
        self._lock = threading.RLock()
        self._over = threading.Event()

    def supervise(self) -> None:
        """From now on start again what ends by itself."""
        threading.Thread(target=self._restart, daemon=True).start()

    def leave_alone(self) -> None:
        """From now on what ends stays away."""
        self._over.set()
        with self._lock:
            self._running.clear()

    def start(self, *names: str) -> None:
        """Start these processes; whichever ends is started again, as by a supervisor."""
        for name in names:
            self._begin(name, self.processes)

    def _begin(self, name: str, processes: Processes) -> None:
        with self._lock:
            self._started_at[name] = time.time()
            process = self._running[name] = processes.start(MODULES[name.partition(" ")[0]])
            self._homes[name] = processes
            if name in self.on_start:
                self.on_start[name](process.pid)

    def also(self, processes: Processes, *names: str) -> None:
        """Start these processes a second time, in a home of their own or the same."""
        for name in names:
            self._begin(f"{name} 2", processes)

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def stop(self, name: str, number: int = signal.SIGKILL) -> None:
        """End a process, which stays away."""
        with self._lock:
            process = self._running.pop(name)
            process.send_signal(number)
        process.wait(30)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """End a process and start it again."""
        self.stop(name, number)
        self.start(name)

    def _restart(self) -> None:
        while not self._over.wait(0.3):
            with self._lock:
                ended = [name for name, process in self._running.items() if process.poll() is not None]
                for name in ended:
                    self.restarts += 1
                    self._begin(name, self._homes[name])

    def is_up(self, name: str) -> bool:
        """Whether the process has given a sign of life since it was started."""
        if name not in self._running:
            return False
        kind, run = name.partition(" ")[0], self._homes[name].home / "run"
        its_own, of_an_older_release = f"{kind}.*.{self.pid(name)}.heartbeat", f"{kind}.heartbeat"
        beats = [*run.glob(its_own), *run.glob(of_an_older_release)]
        return any(beat.stat().st_mtime > self._started_at[name] for beat in beats)

    def await_up(self, *names: str) -> None:
        """Wait until each gave a sign of life. Raises TimeoutError."""
        deadline = time.monotonic() + LONGEST_START
        while missing := [name for name in names if not self.is_up(name)]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{', '.join(missing)} did not start within {LONGEST_START:.0f} s")
            time.sleep(0.05)
