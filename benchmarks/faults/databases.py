"""PostgreSQL and SQLite away, frozen, locked, full, read-only, and another server in the place of the first."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.faults.disk import full, small_disk
from benchmarks.faults.during import again_and_again, under
from benchmarks.faults.form import SQLITE, Scenario
from benchmarks.faults.world import World

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hamlet' AND pid <> pg_backend_pid()"
READ_ONLY = "ALTER SYSTEM SET default_transaction_read_only = {}"
CONFIRMED = "ALTER SYSTEM SET synchronous_standby_names = '*'"  # a commit is one once the standby has it
RELOAD = "SELECT pg_reload_conf()"


def restarted(world: World) -> None:
    def restart() -> None:
        world.cluster.stop()
        world.cluster.start()

    again_and_again(world, restart, max(2, world.form.times // 4))


def connections_cut(world: World) -> None:
    again_and_again(world, lambda: world.cluster.execute(CUT), world.form.times)


def frozen(world: World) -> None:
    under(world, _frozen(world), world.form.seconds(10, 3))


@contextmanager
def _frozen(world: World) -> Iterator[None]:
    world.cluster.freeze()
    try:
        yield
    finally:
        world.cluster.thaw()


def read_only(world: World) -> None:
    under(world, _read_only(world), world.form.seconds(20, 3))


@contextmanager
def _read_only(world: World) -> Iterator[None]:
    world.cluster.execute(READ_ONLY.format("on"), RELOAD)
    try:
        yield
    finally:
        world.cluster.execute(READ_ONLY.format("off"), RELOAD)


def full_disk(world: World) -> None:
    under(world, full(world.data), world.form.seconds(20, 3))
    if world.scenario.database != SQLITE and not world.cluster.is_running:  # it ends where its log finds no room
        world.cluster.start()


def follow(world: World) -> None:
    """A standby beside the first server, and an address that names both."""
    world.standby = standby = world.ends_with(world.cluster.standby(world.data / "standby"))
    world.cluster.execute(CONFIRMED, RELOAD)
    ports = (world.cluster.port, standby.port)
    hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
    world.address = f"postgresql+psycopg://postgres@/hamlet?{hosts}&target_session_attrs=read-write"


def failed_over(world: World) -> None:
    """The first server is killed for good; after some seconds the standby takes its place, at its own address."""
    under(world, _promoted(world), world.form.seconds(10, 3))


@contextmanager
def _promoted(world: World) -> Iterator[None]:
    world.cluster.stop(signal.SIGKILL)
    try:
        yield
    finally:
        assert world.standby is not None
        world.standby.promote()


def locked(world: World) -> None:
    again_and_again(world, lambda: _lock(world, 5.0), 3)


def _lock(world: World, seconds: float) -> None:
    """Hold the lock of all writers."""
    connection = sqlite3.connect(world.data / "hamlet.sqlite3", isolation_level=None, timeout=30)
    connection.execute("BEGIN EXCLUSIVE")
    time.sleep(seconds)
    connection.execute("ROLLBACK")
    connection.close()


SCENARIOS = (
    Scenario("PostgreSQL restarted", restarted),
    Scenario("PostgreSQL's connections cut", connections_cut),
    Scenario("PostgreSQL frozen for 10 s", frozen),
    Scenario("PostgreSQL's disk full", full_disk, prepare=lambda world: world.ends_with(small_disk(world.data, 200))),
    Scenario("PostgreSQL read-only", read_only),
    Scenario("PostgreSQL failed over to another address", failed_over, ready=follow),
    Scenario("SQLite locked for 5 s", locked, SQLITE),
    Scenario(
        "SQLite's disk full", full_disk, SQLITE, prepare=lambda world: world.ends_with(small_disk(world.data, 24))
    ),
)
