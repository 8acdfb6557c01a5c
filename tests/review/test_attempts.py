"""Whoever tries too many tokens that open nothing waits; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from review.__main__ import served
from review.attempts import MOST_FAILURES, Attempts
from review.settings import ReviewSettings
from storage.access import clients
from storage.models import Scope
from storage.session import transaction
from tests.review.site import Answer, Site, site_on

EVE, ANN = "203.0.113.5", "203.0.113.6"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(sqlite_engine: Engine, clock: Clock) -> Iterator[FastAPI]:
    made = site_on(sqlite_engine.url.render_as_string(hide_password=False), Attempts(clock))
    yield made
    made.state.engine.dispose()


def fail(attempts: Attempts, address: str, times: int = MOST_FAILURES) -> None:
    for number in range(times):
        attempts.failed(address, f"wrong {number}")


def at(app: FastAPI, address: str) -> TestClient:
    """A browser or program at that address."""
    return TestClient(app, client=(address, 50_000), raise_server_exceptions=False, follow_redirects=False)


def asked(client: TestClient, token: str, **headers: str) -> Answer:
    return client.get("/api/v1/models", headers={"Authorization": f"Bearer {token}"} | headers)


def test_after_thirty_failures_an_address_waits_for_the_rest_of_the_minute(clock: Clock) -> None:
    attempts = Attempts(clock)
    fail(attempts, EVE, MOST_FAILURES - 1)
    clock.now += 20
    assert attempts.wait(EVE, "next") == 0
    fail(attempts, EVE, 1)
    assert (attempts.wait(EVE, "next"), attempts.wait(ANN, "next")) == (40, 0)
    clock.now += 39.5
    assert attempts.wait(EVE, "next") == 1
    clock.now += 0.5
    assert attempts.wait(EVE, "next") == 0


def test_a_token_that_was_valid_is_let_through_until_it_fails(clock: Clock) -> None:
    attempts = Attempts(clock)
    attempts.succeeded("good")
    fail(attempts, EVE)
    assert (attempts.wait(EVE, "good"), attempts.wait(EVE, "guess")) == (0, 60)
    attempts.failed(EVE, "good")  # revoked, or used up
    assert attempts.wait(EVE, "good") == 60


def test_addresses_and_tokens_are_remembered_up_to_a_number(clock: Clock) -> None:
    attempts = Attempts(clock, most_remembered=10)
    fail(attempts, EVE)
    for number in range(10):
        attempts.failed(f"192.0.2.{number}", "wrong")
        attempts.succeeded(f"good {number}")
    assert attempts.wait(EVE, "next") == 0, "the one that failed longest ago is forgotten"
    for number in range(100):
        attempts.failed(f"198.51.100.{number}", "wrong")
        attempts.succeeded(f"better {number}")
    assert attempts.remembered == 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "192.0.2.1", False),
    ],
)
def test_addresses_of_one_customer_count_together(clock: Clock, one: str, other: str, same: bool) -> None:
    attempts = Attempts(clock)
    fail(attempts, one)
    assert (attempts.wait(other, "next") > 0) == same


def test_whoever_used_too_many_wrong_links_waits_and_others_do_not(
    app: FastAPI, sqlite_engine: Engine, clock: Clock
) -> None:
    site = Site(app, sqlite_engine)
    link, opened = (site.link().split("=")[1] for _ in range(2))
    site.log_in()
    eve, ann = at(app, EVE), at(app, ANN)
    for number in range(MOST_FAILURES):
        assert eve.post("/login", data={"token": f"wrong {number}"}).status_code == 401
    eve.get(f"/login?token={opened}")
    refused = eve.post("/login", data={"token": link}, headers={"X-Forwarded-For": ANN})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "Try again in a minute" in refused.text
    assert eve.post("/login", data={"token": opened}).status_code == 303, "its page was opened, so it is no guess"
    assert eve.get("/review").status_code == 200, "who is logged in is not asked to wait"
    assert ann.post("/login", data={"token": link}).status_code == 303


def test_a_wrong_link_is_tried_again_after_a_minute(app: FastAPI, sqlite_engine: Engine, clock: Clock) -> None:
    link, eve = Site(app, sqlite_engine).link().split("=")[1], at(app, EVE)
    fail(app.state.attempts, EVE)
    assert eve.post("/login", data={"token": link}).status_code == 429
    clock.now += 60
    assert eve.post("/login", data={"token": link}).status_code == 303


def test_nobody_gets_another_address_by_a_header(app: FastAPI) -> None:
    """Not even from this machine, whose headers the server would heed by itself."""
    fail(app.state.attempts, "127.0.0.1")
    config = served(app, ReviewSettings())
    config.load()
    eve = TestClient(config.loaded_app, client=("127.0.0.1", 50_000), follow_redirects=False)
    refused = eve.post("/login", data={"token": "guess"}, headers={"X-Forwarded-For": ANN, "Forwarded": f"for={ANN}"})
    assert refused.status_code == 429


def test_too_many_unknown_tokens_are_answered_without_the_database(app: FastAPI, sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        known, new = (clients.add(session, name, [Scope.READ]) for name in ("known", "new"))
    program = at(app, EVE)
    assert asked(program, known).status_code == 200
    assert [asked(program, f"wrong {number}").status_code for number in range(MOST_FAILURES)] == [401] * MOST_FAILURES
    for token in (new, "guess"):
        refused = asked(program, token, **{"X-Forwarded-For": ANN})
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:hamlet:problem:rate-limit")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
    with transaction(sqlite_engine) as session:
        used = {client.name: client.last_used_at is not None for client in clients.every(session)}
    assert used == {"known": True, "new": False}, "what was refused was not looked up"
    assert program.get("/api/v1/models").status_code == 401, "without any token, there is nothing to look up"
    assert asked(program, known).status_code == 200, "behind the same proxy, others go on"
    assert asked(at(app, ANN), new).status_code == 200
