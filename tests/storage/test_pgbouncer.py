"""PostgreSQL behind PgBouncer in transaction mode: each transaction gets whichever of few connections is free."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

import migrations
from bot.database import Database
from bot.updates import DurableQueue
from storage.models import MessageState
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.processes import leases
from storage.session import open_engine, transaction
from tests.bot.given_updates import said
from tests.conftest import count
from tests.servers import Postgres
from tests.storage import given

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
WHY_NOT = "no PgBouncer on this machine: `apt-get install pgbouncer`"


@pytest.fixture
def behind_postgresql(postgres: Postgres) -> Iterator[URL]:
    """The address of a migrated database, through a PgBouncer with four connections to it."""
    if PGBOUNCER is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(WHY_NOT)
    url = make_url(postgres.migrated_database())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="hamlet-bouncer-") as folder:
        command = [str(PGBOUNCER), str(configured(Path(folder), url, port))]
        process = subprocess.Popen(as_the_servers_owner(command, Path(folder), url), stderr=subprocess.DEVNULL)
        try:
            yield answering(url.set(drivername="postgresql+psycopg", host="127.0.0.1", port=port, query={}))
        finally:
            process.terminate()
            process.wait()


def configured(folder: Path, url: URL, port: int) -> Path:
    host = url.query.get("host") or url.host
    (folder / "users.txt").write_text(f'"{url.username}" "{url.password or ""}"\n')
    (folder / "bouncer.ini").write_text(
        f"[databases]\n{url.database} = host={host} port={url.port or 5432} dbname={url.database} user={url.username}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nauth_file = {folder}/users.txt\n"
        f"pool_mode = transaction\ndefault_pool_size = 4\nunix_socket_dir =\nlogfile = {folder}/log\n"
    )
    return folder / "bouncer.ini"


def as_the_servers_owner(command: list[str], folder: Path, url: URL) -> list[str]:
    """PgBouncer refuses to be root, and only the server's owner may open its socket."""
    if os.geteuid() != 0:
        return command
    host = str(url.query.get("host") or "/")
    owner = Path(host).stat().st_uid if host.startswith("/") else 65534
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner, -1)
    return ["setpriv", f"--reuid={owner}", "--clear-groups", *command]


def answering(url: URL) -> URL:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(plain, connect_timeout=2).close()
            return url
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PgBouncer did not start"
            time.sleep(0.1)


@pytest.fixture
def engines(behind_postgresql: URL) -> Iterator[list[Engine]]:
    """What two processes hold."""
    opened = [open_engine(behind_postgresql.render_as_string(hide_password=False)) for _ in range(2)]
    yield opened
    for engine in opened:
        engine.dispose()


def test_messages_are_received_by_one_process_and_judged_by_another(engines: list[Engine]) -> None:
    one, two = engines
    model = given.version(one)
    for number in range(30):
        given.received(one, given.incoming(f"buy {number}", number + 1))
        with transaction(two) as session:
            holder, claimed = inbox.claim(session, 100, 30)
            judgements = [Judgement(each.id, each.edit, 0.97) for each in claimed]
            inbox.record(session, holder, ScoringVersion(model.id, 0.5, 0.9), judgements)
    assert count(one, "messages", f"state = '{MessageState.SPAM}'") == 30


def test_updates_of_two_bots_are_stored_in_turn(engines: list[Engine]) -> None:
    queues = [DurableQueue(Database(engine, bot)) for bot, engine in enumerate(engines, start=1)]

    async def hear() -> None:
        for number in range(30):
            for queue in queues:
                await queue.put(said(number + 1))

    asyncio.run(hear())
    assert count(engines[0], "updates") == 60


def test_a_lease_taken_through_one_connection_holds_on_every_other(engines: list[Engine]) -> None:
    taken = []
    for number in range(12):
        with transaction(engines[number % 2]) as session:
            taken.append(leases.take(session, "training", f"process {number % 2}", 60))
    assert taken == [number % 2 == 0 for number in range(12)]


def test_the_tables_can_be_taken_back_and_made_again(engines: list[Engine]) -> None:
    address = engines[0].url.render_as_string(hide_password=False)
    migrations.command.downgrade(migrations.configuration(address), "-1")
    migrations.upgrade(address)
