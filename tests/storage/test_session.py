"""Engines and transactions, and what is said of a database that is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from storage.errors import DatabaseFull, DatabaseNotMigrated, DatabaseUnreachable
from storage.models import Correction, CorrectionState, Lease, now
from storage.moderation import inbox
from storage.session import open_engine, reading, shown, transaction
from storage.settings import StorageSettings
from tests.conftest import count
from tests.servers import Postgres
from tests.storage.databases import grows_no_more

AWAY = "postgresql+psycopg://hamlet:s3cret@127.0.0.1:1/hamlet"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 10_000), ("secure_delete", 1)],
)
def test_sqlite_is_durable_and_strict(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_the_database_guards_foreign_keys(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(Correction(verdict_id=999_999, actor="web:ann", is_spam=True, state=CorrectionState.ACCEPTED))


def test_a_transaction_commits_at_its_end(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Lease(name="training", holder="a", until=now()))
    assert count(engine, "leases") == 1


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        session.add(Lease(name="training", holder="a", until=now()))
        session.flush()
        raise RuntimeError
    assert count(engine, "leases") == 0


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with transaction(engine) as writer:
        writer.add(Lease(name="training", holder="a", until=now()))
        writer.flush()
        with reading(engine) as reader:
            assert reader.scalar(text("SELECT count(*) FROM leases")) == 0


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    engine = open_engine(AWAY)
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1:1/hamlet") as refusal, transaction(engine) as session:
        session.execute(text("SELECT 1"))
    engine.dispose()
    assert "s3cret" not in str(refusal.value)
    assert "HAMLET_DATABASE_URL" in str(refusal.value)


def test_reading_from_a_server_that_is_away_says_so_too() -> None:
    engine = open_engine(AWAY)
    with pytest.raises(DatabaseUnreachable), reading(engine) as session:
        session.execute(text("SELECT 1"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database that answers and has no tables."""
    address = f"sqlite:///{tmp_path}/x.sqlite3"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres").new_database()
    engine = open_engine(address)
    yield engine
    engine.dispose()


def test_a_database_without_tables_says_how_to_make_them(unmigrated: Engine) -> None:
    with pytest.raises(DatabaseNotMigrated, match="run `hamlet migrate`"), reading(unmigrated) as session:
        inbox.waiting(session)


def test_a_database_without_tables_is_waited_for_as_one_that_is_away() -> None:
    assert issubclass(DatabaseNotMigrated, DatabaseUnreachable)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite3").write_bytes(b"no database " * 1_000)
    opened = open_engine(f"sqlite:///{tmp_path / 'notes.sqlite3'}")
    with pytest.raises(DatabaseUnreachable, match="file is not a database"), transaction(opened) as session:
        session.execute(text("SELECT 1"))
    opened.dispose()


def test_a_database_that_lacks_a_column_says_how_to_add_it(engine: Engine) -> None:
    with pytest.raises(DatabaseNotMigrated), transaction(engine) as session:
        session.execute(text("SELECT tomorrows_column FROM runs"))


def test_a_full_disk_is_called_one(sqlite_engine: Engine) -> None:
    make_room = grows_no_more(sqlite_engine)
    with pytest.raises(DatabaseFull, match="make room on its disk"), transaction(sqlite_engine) as session:
        session.add_all(Lease(name=f"{number}{'x' * 50}", holder="a", until=now()) for number in range(5_000))
    make_room()


def test_an_error_of_the_database_repeats_nobodys_words(engine: Engine) -> None:
    lease = {"name": "words of a member", "holder": "a", "until": now()}
    with pytest.raises(IntegrityError) as error, transaction(engine) as session:
        for _ in range(2):
            session.execute(insert(Lease).values(lease))
    assert "words of a member" not in str(error.value).partition("DETAIL")[0]


def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnreachable, match="file/folder"):
        open_engine(f"sqlite:///{tmp_path}/file/folder/x.sqlite3")


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a/b/x.sqlite3")
    with reading(engine) as session:
        session.execute(text("SELECT 1"))
    engine.dispose()
    assert (tmp_path / "a" / "b" / "x.sqlite3").exists()


def test_an_address_is_shown_without_its_password() -> None:
    assert shown(AWAY) == "postgresql+psycopg://hamlet:***@127.0.0.1:1/hamlet"


@pytest.fixture
def failed_over_postgresql(postgres: Postgres) -> Iterator[Engine]:
    """A server that answers and takes no writes, as a standby does."""
    address = postgres.migrated_database()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {make_url(address).database} SET default_transaction_read_only = on")
    opened = open_engine(StorageSettings(database_url=address).address)
    yield opened
    opened.dispose()


def test_a_postgresql_that_takes_no_writes_is_out_of_reach(failed_over_postgresql: Engine) -> None:
    engine = failed_over_postgresql
    with pytest.raises(DatabaseUnreachable, match="read-only"), transaction(engine) as session:
        inbox.retry_failed(session)
    with reading(engine) as session:
        assert inbox.waiting(session) == 0


def test_what_postgresql_refuses_for_its_contents_is_no_outage(postgresql_engine: Engine) -> None:
    refused = "DO $$ BEGIN RAISE EXCEPTION 'an index row is too long' USING ERRCODE = '54000'; END $$"
    with pytest.raises(DBAPIError), transaction(postgresql_engine) as session:
        session.execute(text(refused))


def test_a_file_that_takes_no_writes_is_out_of_reach(sqlite_engine: Engine) -> None:
    engine = open_engine(str(sqlite_engine.url))
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
    with pytest.raises(DatabaseUnreachable, match="readonly"), transaction(engine) as session:
        session.add(Lease(name="training", holder="a", until=now()))
    engine.dispose()


def test_a_pool_without_a_free_connection_is_a_database_out_of_reach() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0)
    with engine.connect(), pytest.raises(DatabaseUnreachable, match="all connections are in use"), reading(engine) as s:
        s.execute(text("SELECT 1"))
    engine.dispose()
