"""Clients of the HTTP API: tokens kept as hashes, requests counted in the database."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select, update

from storage.access import clients
from storage.errors import ClientExists, UnknownClient
from storage.models import Client, Scope
from storage.session import reading, transaction


def added(engine: Engine, name: str = "forum", rate: int = 600) -> str:
    with transaction(engine) as session:
        return clients.add(session, name, [Scope.READ, Scope.CLASSIFY, Scope.READ], rate)


def spent(engine: Engine, token: str) -> Client | None:
    with transaction(engine) as session:
        return clients.spend(session, token)


def test_a_token_is_kept_as_a_hash_alone(engine: Engine) -> None:
    token = added(engine)
    with reading(engine) as session:
        client = session.scalars(select(Client)).one()
    assert token.startswith("hamlet_")
    assert len(client.token_hash) == 64
    assert token not in client.token_hash
    assert client.scopes == ["classify", "read"]


def test_a_token_finds_its_client_and_says_when_it_was_used(engine: Engine) -> None:
    added(engine, "other")
    client = spent(engine, added(engine))
    assert client is not None
    assert client.name == "forum"
    assert client.last_used_at is not None


@pytest.mark.parametrize("token", ["", "nonsense", "\0", "\ud800", "x" * 100_000])
def test_another_token_finds_none(engine: Engine, token: str) -> None:
    added(engine)
    assert spent(engine, token) is None


def test_a_name_has_one_token(engine: Engine) -> None:
    added(engine)
    with pytest.raises(ClientExists, match="hamlet tokens revoke"):
        added(engine)


def test_a_revoked_token_finds_none_and_the_client_may_have_another(engine: Engine) -> None:
    first = added(engine)
    with transaction(engine) as session:
        clients.revoke(session, "forum")
    assert spent(engine, first) is None
    again = spent(engine, added(engine))
    assert again is not None
    with reading(engine) as session:
        assert [client.id for client in clients.every(session)] == [again.id]


def test_an_unknown_client_cannot_be_revoked(engine: Engine) -> None:
    with pytest.raises(UnknownClient, match="hamlet tokens list"), transaction(engine) as session:
        clients.revoke(session, "nobody")


def test_requests_of_all_processes_are_counted_together(engine: Engine) -> None:
    token, counts = added(engine), list[tuple[int, int]]()

    def ask() -> None:
        for _ in range(10):
            client = spent(engine, token)
            assert client is not None
            counts.append((client.minute, client.requests))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(counts)) == 40
    assert len({minute for minute, _ in counts}) <= 2


def test_a_new_minute_begins_a_new_count(engine: Engine) -> None:
    token = added(engine)
    with transaction(engine) as session:
        session.execute(update(Client).values(minute=7, requests=900))
    client = spent(engine, token)
    assert client is not None
    assert client.requests == 1
    assert 1 <= clients.seconds_to_wait() <= 60
