"""The figures of the database, on both databases, and that an index bounds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, update

from storage.models import Action, ActionKind, CorrectionState, Message, MessageState, Run, RunState, Update, now
from storage.processes import signs, updates
from storage.session import reading, transaction
from storage.views import monitoring, wellness
from storage.views.monitoring import Figures
from tests.storage import given


def look(engine: Engine) -> Figures:
    with reading(engine) as session:
        return monitoring.look(session, lambda _: True)


def work(engine: Engine) -> None:
    with transaction(engine) as session:
        signs.of_work(session, "a worker")


def aged(engine: Engine, column: str, table: type[Message | Action], minutes: float) -> None:
    with transaction(engine) as session:
        session.execute(update(table).values({column: now() - timedelta(minutes=minutes)}))


def test_an_empty_database_has_figures_too(engine: Engine) -> None:
    figures = look(engine)
    assert set(figures.messages.values()) == {0}
    assert set(figures.actions.values()) == {0}
    assert (figures.oldest_message_age, figures.oldest_action_age, figures.champion) == (0.0, 0.0, None)
    assert figures.last_run_ended_at is None
    assert figures.hindrances[0].startswith("no model version serves")


def test_what_waits_is_counted_with_the_age_of_the_oldest(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming("one", 1), given.incoming("two", 2))
    aged(engine, "received_at", Message, minutes=3)
    figures = look(engine)
    assert figures.messages[MessageState.PENDING] == 2
    assert 180 <= figures.oldest_message_age < 240


def test_the_bots_lag_is_the_age_of_the_oldest_update_that_waits(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in (1, 2, 3):
            updates.keep(session, 7, {number: {}})
        session.execute(update(Update).values(received_at=now() - timedelta(minutes=2)))
        updates.handled(session, 7, 1)
    assert 120 <= look(engine).oldest_update_age < 180
    with transaction(engine) as session:
        updates.handled(session, 7, 2)
        for _ in range(updates.MAX_ATTEMPTS):
            updates.failed(session, 7, 3, "broken")
    assert look(engine).oldest_update_age == 0.0


def test_messages_are_counted_up_to_a_bound(engine: Engine) -> None:
    row = given.received(engine, given.incoming())[0]
    with transaction(engine) as session:
        stored = dict(session.execute(Message.__table__.select().where(Message.id == row)).mappings().one())
        numbers = range(2, monitoring.AT_MOST + 10)
        session.execute(insert(Message), [{**stored, "id": row + n, "message_id": n} for n in numbers])
    assert look(engine).messages[MessageState.PENDING] == monitoring.AT_MOST


def test_pending_actions_are_counted_by_kind_with_the_age_of_the_oldest(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    assert look(engine).actions[ActionKind.NOTIFY] == 1
    aged(engine, "created_at", Action, minutes=20)
    assert 1200 <= look(engine).oldest_action_age < 1300
    aged(engine, "not_before", Action, minutes=-5)
    assert look(engine).oldest_action_age == 0.0, "Telegram asked to wait: it is not late"


def test_corrections_and_flags_undone_are_counted(engine: Engine) -> None:
    model = given.version(engine)
    given.corrected(engine, given.verdict(engine, model), "mod", is_spam=False)
    given.corrected(engine, given.verdict(engine, model, given.incoming("two", 2)), "ann", False, is_moderator=False)
    figures = look(engine)
    assert figures.corrections == {CorrectionState.PROPOSED: 1, CorrectionState.DISPUTED: 0}
    assert (figures.corrections_to_learn, figures.flags_undone) == (1, 1)


def test_runs_are_counted_by_state(engine: Engine) -> None:
    with transaction(engine) as session:
        for state in (RunState.DONE, RunState.FAILED, RunState.FAILED):
            session.add(Run(asked_by="a test", state=state, started_at=now(), ended_at=now()))
            session.flush()
    figures = look(engine)
    assert figures.runs == {RunState.ASKED: 0, RunState.RUNNING: 0, RunState.DONE: 1, RunState.FAILED: 2}
    assert (figures.runs_failed, figures.last_run_ended_at is not None) == (2, True)


# What hinders


def test_with_a_version_and_a_worker_nothing_hinders(engine: Engine) -> None:
    given.version(engine)
    assert look(engine).hindrances == ["no worker has shown a sign of life for three minutes"]
    work(engine)
    assert look(engine).hindrances == []


def test_what_an_earlier_version_can_judge_is_no_hindrance(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    work(engine)
    with reading(engine) as session:
        assert wellness.hindrances(session, {"v1"}.__contains__) == []
        assert "v2 are gone" in wellness.hindrances(session, lambda _: False)[0]


def test_calls_that_wait_hinder_no_verdict(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    work(engine)
    aged(engine, "created_at", Action, minutes=600)
    assert look(engine).hindrances == []


# Bounded by indexes


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is asked meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("table", ["messages", "actions", "verdicts"])
def test_no_figure_reads_a_whole_table_of_messages_actions_or_verdicts(sqlite_engine: Engine, table: str) -> None:
    given.version(sqlite_engine)
    with statements(sqlite_engine) as asked:
        look(sqlite_engine)
    with sqlite_engine.connect() as connection:
        plans = [
            step[3]
            for statement, values in asked
            if statement.lstrip().startswith("SELECT")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert any(table in plan for plan in plans)
    whole = [plan for plan in plans if plan.startswith(f"SCAN {table}")]
    assert [plan for plan in whole if "ix_actions_pending" not in plan] == [], "that one holds what waits alone"
