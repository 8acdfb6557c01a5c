"""What came of a call is stored once the database can be reached, and a call that another process has taken is not made."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from structlog.testing import capture_logs

from actions import tasks
from actions.carrying_out import carry_out
from actions.context import CALL_SECONDS, Context
from storage.models import Action, ActionState, now
from storage.moderation.requested_actions import queue
from storage.moderation.requested_actions.calls import RequestedAction
from storage.session import reading, transaction
from tests.actions.late import LateTelegram
from tests.actions.performing import AMEND, BAN, DELETE, DONE, GROUP, NOTIFY, PENDING, perform, row, waits_seconds
from tests.storage import given
from tests.telegram_server import Refused


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[LateTelegram]:
    with LateTelegram() as server:
        server.add_group(GROUP, "a group")
        yield server


@pytest.fixture
def locker(engine: Engine) -> Iterator[sqlite3.Connection]:
    """Another program on the file of the database, for whose lock nobody waits long."""
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 50"))
    engine.dispose()
    path = str(engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
        yield connection


@contextmanager
def away_after(telegram: LateTelegram, method: str, locker: sqlite3.Connection) -> Iterator[None]:
    """The database goes away between the call and its answer, and is back at the end."""
    with telegram.interrupted(method, lambda: locker.in_transaction or locker.execute("BEGIN IMMEDIATE")):
        yield
    locker.execute("ROLLBACK")


def claim(context: Context) -> list[RequestedAction]:
    with transaction(context.engine) as session:
        return queue.claim(session, None, 10, 30)


def carry_out_all(context: Context, claimed: list[RequestedAction]) -> None:
    assert context.bot is not None
    for action in claimed:
        carry_out(context, context.bot, action)


def test_a_receipt_that_the_database_could_not_take_is_stored_once_it_is_back(
    context: Context, telegram: LateTelegram, locker: sqlite3.Connection, verdict: int
) -> None:
    with away_after(telegram, "sendMessage", locker), capture_logs() as logged:
        tasks.perform(context, None)
        tasks.perform(context, None)
    assert {line["event"] for line in logged} == {"database out of reach: actions wait"}
    assert row(context.engine).state == PENDING
    given.passed(context.engine, "actions", "lease_until")
    tasks.perform(context, None)
    stored, sent = row(context.engine), telegram.sent_to(GROUP)
    assert (stored.state, stored.unanswered, stored.attempts) == (DONE, 0, 1)
    assert [stored.receipt] == [{"chat_id": GROUP, "message_id": message["message_id"]} for message in sent]


def test_a_wait_that_the_database_could_not_take_is_stored_once_it_is_back(
    context: Context, telegram: LateTelegram, locker: sqlite3.Connection, verdict: int
) -> None:
    telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 37", retry_after=37))
    with away_after(telegram, "sendMessage", locker):
        tasks.perform(context, None)
    given.passed(context.engine, "actions", "lease_until")
    tasks.perform(context, None)
    assert len(telegram.called("sendMessage")) == 1
    assert 30 < waits_seconds(row(context.engine)) <= 37


def test_calls_that_another_process_has_taken_are_not_made(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    given.corrected(context.engine, verdict, "telegram:1", True)
    slow = [*claim(context), *claim(context)]
    given.passed(context.engine, "actions", "lease_until")
    quick = perform(replace(context, unstored=deque()))
    assert [action.kind for action in quick] == [action.kind for action in slow] == [DELETE, BAN, NOTIFY, AMEND]
    calls = len(telegram.calls)
    carry_out_all(context, slow)
    assert len(telegram.calls) == calls


def test_a_call_that_another_process_is_making_is_not_made(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    slow = claim(context)
    given.passed(context.engine, "actions", "lease_until")
    quick = claim(context)
    carry_out_all(context, slow)
    assert (len(quick), telegram.calls) == (1, [])
    carry_out_all(context, quick)
    assert len(telegram.sent_to(GROUP)) == 1


def test_the_lease_is_renewed_before_each_call_for_as_long_as_the_call_may_take(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    claimed = claim(context)
    given.passed(context.engine, "actions", "lease_until")
    short = replace(context, settings=context.settings.model_copy(update={"lease_seconds": 1.0}))
    meanwhile: list[RequestedAction] = []
    leases: list[datetime | None] = []

    def look() -> None:
        meanwhile.extend(claim(context))
        leases.append(row(context.engine).lease_until)

    with telegram.interrupted("sendMessage", look):
        carry_out_all(short, claimed)
    assert meanwhile == []
    assert leases[0] is not None
    assert leases[0] > now() + timedelta(seconds=CALL_SECONDS - 10)


def test_a_call_that_is_not_wanted_any_more_is_not_made(context: Context, telegram: LateTelegram, verdict: int) -> None:
    claimed = claim(context)
    with transaction(context.engine) as session:
        session.execute(update(Action).values(state=ActionState.CANCELLED))
    carry_out_all(context, claimed)
    assert telegram.calls == []


def test_after_a_slow_notice_the_others_wait_behind_moderation(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    version = given.version(context.engine, "v2")
    *_, last = (given.verdict(context.engine, version, given.incoming(f"buy {n}", n)) for n in (98, 99))
    tasks.perform(replace(context, slow_seconds=0.0), None)  # which claims twice
    assert len(telegram.sent_to(GROUP)) == 2
    with reading(context.engine) as session:
        (waiting,) = session.scalars(select(Action).where(Action.kind == NOTIFY, Action.state == PENDING))
    assert (waiting.verdict_id, waiting.attempts, waiting.lease_holder) == (last, 0, None)
    tasks.perform(context, None)
    assert len(telegram.sent_to(GROUP)) == 3
