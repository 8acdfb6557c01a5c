"""The proxy of the fault scenarios does to a connection what it says."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator

import pytest

from benchmarks.faults.proxy import Proxy

LINE = b"a line of sixteen"


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that answers with what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield server.getsockname()


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection:
        while data := connection.recv(1_000):
            connection.sendall(data)


@pytest.fixture
def proxy(echo: tuple[str, int]) -> Iterator[Proxy]:
    with Proxy(echo) as running:
        yield running


def asked(proxy: Proxy) -> bytes:
    """What comes back for a line until the connection ends or the line is whole."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        client.sendall(LINE)
        answer = b""
        while len(answer) < len(LINE) and (data := client.recv(1_000)):
            answer += data
        return answer


def ended(proxy: Proxy) -> bool:
    """Whether a connection is ended at once."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        try:
            return client.recv(1_000) == b""
        except ConnectionError:
            return True


def test_it_passes_on_what_comes(proxy: Proxy) -> None:
    assert asked(proxy) == LINE


def test_an_answer_is_cut_half_way(proxy: Proxy) -> None:
    proxy.cut_answers(random.Random(1), 1.0)
    assert asked(proxy) == LINE[: len(LINE) // 2]
    proxy.cut_answers(random.Random(1), 0.0)
    assert asked(proxy) == LINE
    assert proxy.answers_cut == 1


def test_while_it_is_down_nobody_gets_through(proxy: Proxy) -> None:
    with proxy.down():
        assert ended(proxy)
    assert asked(proxy) == LINE


def test_what_comes_while_it_is_frozen_arrives_afterwards(proxy: Proxy) -> None:
    answers: list[bytes] = []
    with proxy.frozen():
        client = threading.Thread(target=lambda: answers.append(asked(proxy)))
        client.start()
        client.join(0.2)
        assert answers == []
    client.join()
    assert answers == [LINE]


def test_it_leads_to_another_server(proxy: Proxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        proxy.target = other.getsockname()
        with socket.create_connection(("127.0.0.1", proxy.port)):
            other.settimeout(20)
            other.accept()[0].close()
