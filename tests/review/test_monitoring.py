"""The figures of the database as Prometheus takes them, and whether anything can be judged."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from review.monitoring import DatabaseFigures
from storage.processes import signs
from storage.session import open_engine, transaction
from tests.conftest import AddVersion
from tests.review.site import Site, site_on
from tests.scraped import value
from tests.storage import given

AWAY = "postgresql+psycopg://ann:s3cret@127.0.0.1:1/x"


def scraped(engine: Engine) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(DatabaseFigures(engine, lambda _: True))
    return registry


def work(engine: Engine) -> None:
    with transaction(engine) as session:
        signs.of_work(session, "a worker")


def test_what_waits_who_serves_and_whether_it_is_ready_are_told(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming())
    work(engine)
    registry = scraped(engine)
    assert value("hamlet_database_up", registry) == 1
    assert value("hamlet_ready", registry) == 1
    assert value("hamlet_worker_alive", registry) == 1
    assert value("hamlet_inbox_messages", registry, state="pending") == 1
    assert value("hamlet_champion_info", registry, model_version="v1") == 1
    assert value("hamlet_champion_promoted_timestamp_seconds", registry) > 1e9


def test_what_never_happened_has_no_time(sqlite_engine: Engine) -> None:
    registry = scraped(sqlite_engine)
    assert registry.get_sample_value("hamlet_run_last_done_timestamp_seconds") is None
    assert registry.get_sample_value("hamlet_ready") == 0


def test_each_scrape_looks_anew(sqlite_engine: Engine) -> None:
    registry = scraped(sqlite_engine)
    assert value("hamlet_inbox_messages", registry, state="pending") == 0
    given.received(sqlite_engine, given.incoming())
    assert value("hamlet_inbox_messages", registry, state="pending") == 1


def test_a_database_that_is_away_leaves_one_figure_that_says_so() -> None:
    engine = open_engine(AWAY)
    names = [family.name for family in DatabaseFigures(engine, lambda _: True).collect()]
    assert names == ["hamlet_database_up"]
    assert scraped(engine).get_sample_value("hamlet_database_up") == 0
    engine.dispose()


def test_the_site_is_not_ready_while_nothing_can_be_judged(stranger: Site) -> None:
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert "no model version serves" in answer.text
    assert stranger.get("/healthz").status_code == 200


def test_the_site_is_ready_where_a_version_and_a_worker_are_there(
    sqlite_engine: Engine, add_version: AddVersion
) -> None:
    add_version(sqlite_engine)
    work(sqlite_engine)
    app = site_on(sqlite_engine.url.render_as_string(hide_password=False))  # of this test's own home
    with Site(app, app.state.engine).client as client:
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ok\n")
    app.state.engine.dispose()


@pytest.mark.parametrize(("path", "status"), [("/readyz", 503), ("/healthz", 200)])
def test_without_its_database_the_site_lives_and_is_not_ready(path: str, status: int) -> None:
    app = site_on(AWAY)
    answer = Site(app, app.state.engine).get(path)
    assert answer.status_code == status
    assert "127.0.0.1" not in answer.text, "anybody may ask: the address stays inside"
    app.state.engine.dispose()
