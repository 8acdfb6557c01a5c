"""An upgrade while others work on the tables: it waits for whoever holds one, and nobody waits for long behind it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

import migrations
from storage.session import open_engine
from tests.conftest import count
from tests.processes import eventually
from tests.servers import Postgres
from tests.storage.steps import HEAD, bring, step_of

BEFORE = "0016"  # the next step changes `messages`
UPGRADE_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ALTER TABLE%'"


@pytest.mark.stories
def test_an_upgrade_that_waits_for_a_table_holds_nobody_up_on_postgresql(postgres: Postgres) -> None:
    engine = open_engine(postgres.new_database())
    bring(engine, BEFORE)
    address = engine.url.render_as_string(hide_password=False)
    with engine.connect() as holder, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as observer:
        holder.execute(text("SELECT count(*) FROM messages"))  # a long report: it holds the table until its end
        upgrade = threading.Thread(target=migrations.upgrade, args=(address,))
        upgrade.start()
        eventually("the upgrade waits for the table", lambda: observer.execute(text(UPGRADE_WAITS)).scalar_one() == 1)
        assert count(engine, "messages") == 0, "who comes after the upgrade does not wait for the report"
        assert upgrade.is_alive(), "the upgrade still waits for it"
        holder.rollback()
    upgrade.join()
    assert step_of(engine) == HEAD
    engine.dispose()
