"""The actions process: its context, its bells, and what it does without a token or a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

import actions.tasks
from actions.context import Context
from tests.actions.performing import DONE, GROUP, PENDING, row
from tests.jobs import scripts
from tests.telegram_server import TOKEN, TelegramServer


@pytest.fixture
def process(
    engine: Engine, telegram: TelegramServer, context: Context, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """The process's own context, made from the environment at its first bell."""
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", f"{telegram.url}/")
    actions.tasks.context.cache_clear()
    yield monkeypatch
    here = actions.tasks.context()
    if here.bot is not None:
        here.runner.run(here.bot.request.shutdown())
    here.runner.close()
    here.engine.dispose()
    actions.tasks.context.cache_clear()


def test_without_a_token_actions_wait(process: pytest.MonkeyPatch, engine: Engine, verdict: int) -> None:
    actions.tasks.sweep_actions()
    assert (row(engine).state, row(engine).attempts) == (PENDING, 0)


def test_a_bell_has_its_verdicts_actions_done(
    process: pytest.MonkeyPatch, engine: Engine, telegram: TelegramServer, verdict: int
) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    actions.tasks.act(verdict + 1)
    assert row(engine).state == PENDING
    actions.tasks.act(verdict)
    assert row(engine).state == DONE
    assert len(telegram.sent_to(GROUP)) == 1


def test_the_sweep_does_what_no_bell_announced(process: pytest.MonkeyPatch, engine: Engine, verdict: int) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    actions.tasks.sweep_actions()
    assert row(engine).state == DONE


def test_every_bell_is_a_heartbeat(process: pytest.MonkeyPatch) -> None:
    actions.tasks.sweep_actions()
    age = actions.tasks.context().heartbeat.age_seconds()
    assert age is not None
    assert age < 5


def test_a_database_that_is_away_stops_nothing(process: pytest.MonkeyPatch) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    process.setenv("HAMLET_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    with capture_logs() as logged:
        actions.tasks.sweep_actions()
    assert [line["event"] for line in logged] == ["database out of reach: actions wait"]


def test_neither_actions_nor_bot_nor_review_load_a_network(tmp_path: Path) -> None:
    script = "import sys, actions.tasks, bot.__main__, review.app; print({'torch', 'classifier'} & set(sys.modules))"
    assert scripts.run(script, tmp_path).stdout == "set()\n"
