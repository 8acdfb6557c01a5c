"""hamlet as it runs: five processes, a database, a broker and Telegram, all of which a scenario may break."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import migrations
from benchmarks.faults import counting
from benchmarks.faults.counting import Watch
from benchmarks.faults.form import POSTGRESQL, Form, Scenario
from benchmarks.faults.home import prepare
from benchmarks.faults.postgres import Cluster
from benchmarks.faults.proxy import Proxy, Target
from benchmarks.faults.supervised import Supervised
from benchmarks.faults.telegram import MODERATORS, FaultyTelegram
from storage.errors import StorageError
from storage.session import open_engine
from tests.processes import Processes
from tests.servers import Broker
from tests.telegram_server import TOKEN

A_SECOND = 20  # messages, while nothing else is asked for
LONGEST_WAIT = 360.0  # without any change; what still waits then is lost


class World(Supervised):
    """One scenario's; everything in it ends with it."""

    def __init__(self, folder: Path, scenario: Scenario, form: Form, seed: int) -> None:
        super().__init__(folder / "home")
        self.folder, self.scenario, self.form, self.seed = folder, scenario, form, seed
        self.rng = random.Random(f"{scenario.name} {seed}")
        self.data = folder / "database"
        self.proxies: dict[str, Proxy] = {}
        self.figures: dict[str, Any] = {}  # what a scenario wants to say beside the counts
        self.environment: dict[str, str] = {}  # of every process, beside the settings
        self.settings: dict[str, str] = {}
        self.standby: Cluster | None = None
        self._stack = ExitStack()
        self._number = 0

    def __enter__(self) -> World:
        try:
            return self._opened()
        except BaseException:
            self._stack.close()
            raise

    def _opened(self) -> World:
        enter = self._stack.enter_context
        self.telegram = enter(FaultyTelegram())
        self.telegram.prepare()
        self.broker = enter(Broker())
        self.scenario.prepare(self)  # may put a disk of its own under a folder
        if self.scenario.database == POSTGRESQL:
            self.cluster = enter(Cluster(self.data / "primary"))
            self.cluster.execute("CREATE DATABASE hamlet")
            self.address = self.cluster.address("hamlet")
        else:
            self.data.mkdir(parents=True, exist_ok=True)
            self.address = f"sqlite:///{self.data / 'hamlet.sqlite3'}"
        migrations.upgrade(self.address)
        self.engine = open_engine(self.address)
        prepare(self.engine, self.home)
        self.scenario.ready(self)
        self.engine.dispose()
        self.engine = open_engine(self.address)  # which `ready` may have changed
        self.settings = self._settings()
        self.processes = enter(Processes(self.folder, **self.settings))
        self.watch = Watch(lambda: self.engine)
        self.watch.start()
        self.supervise()
        return self

    def _settings(self) -> dict[str, str]:
        broker = self._through("broker", self.broker.socket)
        telegram = self._through("telegram", ("127.0.0.1", int(self.telegram.url.rpartition(":")[2])))
        address = self.address
        if "database" in self.scenario.proxied:
            address = self.cluster.address("hamlet", self._through("database", ("127.0.0.1", self.cluster.port)))
        return {
            "HAMLET_DATABASE_URL": address,
            "HAMLET_BROKER_URL": f"redis://127.0.0.1:{broker}/0" if broker else self.broker.url,
            "HAMLET_TELEGRAM_TOKEN": TOKEN,
            "HAMLET_TELEGRAM_API_URL": f"http://127.0.0.1:{telegram}" if telegram else self.telegram.url,
            "HAMLET_MODERATORS_CHAT_ID": str(MODERATORS),
            "HAMLET_LEASE_SECONDS": str(self.form.lease_seconds),
            "NO_PROXY": "127.0.0.1,localhost",
            **self.scenario.settings,
            **self.environment,
        }

    def _through(self, name: str, target: Target) -> int | None:
        """The port of a proxy, where the scenario has one before this server."""
        if name not in self.scenario.proxied:
            return None
        self.proxies[name] = self._stack.enter_context(Proxy(target))
        return self.proxies[name].port

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.leave_alone()
        self.watch.end()
        self.engine.dispose()
        self._stack.close()

    def ends_with(self, manager: Any) -> Any:
        """Enter a context that ends with the world."""
        return self._stack.enter_context(manager)

    # Messages

    def write(self, count: int, a_second: float = A_SECOND) -> None:
        """Have so many messages written, at this pace."""
        for _ in range(count):
            self.write_next()
            time.sleep(1 / a_second)

    def write_next(self) -> int:
        """Have the next message written. Returns its number at Telegram."""
        self._number += 1
        number = self.telegram.write(self._number)
        self.watch.written[number] = time.monotonic()
        return number

    def writing(self, count: int, a_second: float = A_SECOND) -> threading.Thread:
        """The same beside whatever else happens; join it."""
        thread = threading.Thread(target=self.write, args=(count, a_second), daemon=True)
        thread.start()
        return thread

    def shares(self, n: int) -> list[int]:
        """All messages in so many nearly equal shares."""
        return [self.form.messages * (i + 1) // n - self.form.messages * i // n for i in range(n)]

    # The end

    def settle(self, seconds: float = LONGEST_WAIT) -> dict[str, int]:
        """Wait until nothing is pending. Returns what still is when nothing has changed for so long."""
        before: dict[str, int] = {}
        deadline = time.monotonic() + seconds
        while (left := self._left()) and time.monotonic() < deadline:
            if left != before:
                before, deadline = left, time.monotonic() + seconds
            time.sleep(0.1)
        return left

    def _left(self) -> dict[str, int]:
        missing = len(self.watch.written.keys() - self.watch.judged.keys())
        if missing:
            return {"without verdict": missing}
        with suppress(StorageError):
            return counting.pending(self.engine)
        return {"database": 1}
