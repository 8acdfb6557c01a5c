"""A PostgreSQL that vanishes without a word: the kernel is told when to give its connections up."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from benchmarks.faults.proxy import Proxy
from storage.session import engine_for
from tests.servers import Postgres

OF_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="other kernels name these options otherwise, or lack some"
)
OWN = {"keepalives_idle": "77", "tcp_user_timeout": "5000", "connect_timeout": "9"}
SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def over_tcp(postgres: Postgres) -> Iterator[str]:
    """The address of a server that is reached over TCP: a unix socket knows nothing of all this."""
    url = make_url(postgres.new_database())
    host = str(url.query.get("host") or url.host)
    target = Path(host) / SOCKET if host.startswith("/") else (host, url.port or 5432)
    with Proxy(target) as proxy:
        plain = url.set(drivername="postgresql+psycopg", host="127.0.0.1", port=proxy.port, query={})
        yield plain.render_as_string(hide_password=False)


@OF_LINUX
@pytest.mark.parametrize(
    ("words", "idle", "unanswered"), [({}, 10, 30_000), (OWN, 77, 5_000)], ids=["ours", "the address's"]
)
def test_silence_ends_a_connection_after_half_a_minute_unless_the_address_says_otherwise(
    over_tcp: str, words: dict[str, str], idle: int, unanswered: int
) -> None:
    address = make_url(over_tcp).update_query_dict(words).render_as_string(hide_password=False)
    with engine_for(address) as engine, closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert connection is not None
        with socket.socket(fileno=os.dup(connection.fileno())) as raw:
            assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 5
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == unanswered
        assert connection.info.get_parameters()["connect_timeout"] == words.get("connect_timeout", "5")


def test_a_socket_of_a_file_takes_the_same_words(postgres: Postgres) -> None:
    address = make_url(postgres.new_database()).set(drivername="postgresql+psycopg")
    with engine_for(address.render_as_string(hide_password=False)) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
