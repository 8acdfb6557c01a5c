"""Every page, the API's refusals, metrics, backups and `hamlet doctor`, with all secrets set, those of database and broker among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from sqlalchemy import Engine

from cli.backup import making
from cli.doctor import page
from jobs.metrics_server import Answers
from review.monitoring import DatabaseFigures
from storage.session import open_engine
from tests.cli.conftest import Terminal
from tests.review.site import Site, flag, site_on
from tests.security.site_routes import filled, paths
from tests.security.test_secrets import ADDRESSES, ALL, NEEDLE


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """All secrets, each in its setting; nothing listens at the addresses."""
    for name, value in ALL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HAMLET_SECOND_OPINION_MODEL", "a-model")
    monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", "http://127.0.0.1:1")


@pytest.fixture
def address(everything: None, postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that lets in whoever has its password, which is one of the secrets: the server asks for none."""
    chosen = postgresql_engine.url.set(password=NEEDLE).render_as_string(hide_password=False)
    monkeypatch.setenv("HAMLET_DATABASE_URL", chosen)
    return chosen


@pytest.fixture
def site(address: str) -> Iterator[Site]:
    app = site_on(address)
    visitor = Site(app, app.state.engine)
    visitor.log_in()
    yield visitor
    app.state.engine.dispose()


def test_no_page_and_no_refusal_shows_a_secret_on_postgresql(site: Site) -> None:
    flag(site, "buy now")
    routes = paths(site.client.app, "GET") - {"/review/events"}  # type: ignore[arg-type]  # the site's; that one does not end
    assert len(routes) > 30
    answers = {path: site.get(filled(path)) for path in sorted(routes | {"/nowhere", "/api/v1/nowhere"})}
    answers["no scope"] = site.client.post("/api/v1/classify", json={"text": "hello"})
    answers["no JSON"] = site.client.post("/api/v1/classify", content=b"{")
    shown = {path: f"{answer.text} {answer.headers}" for path, answer in answers.items()}
    assert [path for path, text in shown.items() if NEEDLE in text] == []


def test_a_database_that_is_away_is_said_without_its_password(everything: None) -> None:
    app = site_on(ADDRESSES["HAMLET_DATABASE_URL"])
    visitor = Site(app, app.state.engine)
    visitor.client.cookies.set("hamlet_session", "x")
    bearer = {"Authorization": "Bearer hamlet_x"}
    answers = [visitor.get(path) for path in ("/review", "/readyz", "/healthz", "/health")]
    answers.append(visitor.client.get("/api/v1/messages/1", headers=bearer))
    assert {answer.status_code for answer in answers} >= {503}
    assert [answer.text for answer in answers if NEEDLE in f"{answer.text} {answer.headers}"] == []
    app.state.engine.dispose()


def test_no_metric_shows_a_secret_on_postgresql(address: str) -> None:
    engine, of_the_database = open_engine(address), CollectorRegistry()
    of_the_database.register(DatabaseFigures(engine, lambda _: True))
    for registry in (REGISTRY, of_the_database):
        status, _, body = Answers(registry, lambda: None, None).to("/metrics", "")
        assert (status, NEEDLE in body.decode()) == (200, False)
    engine.dispose()


def test_no_backup_holds_a_secret_on_postgresql(address: str, tmp_path: Path) -> None:
    made = making.back_up(tmp_path / "b.tar")
    assert NEEDLE.encode() not in made.path.read_bytes()
    assert NEEDLE not in " ".join(made.sentences)
    assert set(made.left_out) >= set(ADDRESSES)


def test_the_doctor_says_no_secret(everything: None, terminal: Terminal) -> None:
    assert not page.show(terminal.console)
    assert "database" in terminal.said
    assert NEEDLE not in terminal.said
