"""The worker's tasks: what the bell and the sweep do, without ever failing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.models import Message, MessageState, Rescan, RescanHit, Standing, Verdict, VersionState, now
from storage.moderation import inbox, rescans
from storage.odds import shifted, shifts
from storage.processes import signs
from storage.session import transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from tests.worker.refusing import full_disk
from worker import tasks


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture(autouse=True)
def process(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The process makes its context from the environment at its first task."""
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("HAMLET_WORKER_THREADS", "1")
    monkeypatch.setenv("HAMLET_BATCH_SIZE", "2")
    tasks.context.cache_clear()
    yield monkeypatch
    tasks.context().engine.dispose()
    tasks.context.cache_clear()


def states(engine: Engine) -> list[MessageState]:
    return given.values(engine, Message.state)


def test_without_a_version_messages_wait(engine: Engine) -> None:
    given.received(engine, given.incoming())
    tasks.classify()
    assert given.values(engine, Message.attempts) == [0]


def test_a_bell_has_one_batch_judged(engine: Engine, add_version: AddVersion) -> None:
    add_version(engine, made=tiny.checkpoint(review=0.0))
    given.received(engine, *[given.incoming("buy now", i) for i in range(3)])
    tasks.classify()
    assert states(engine) == [MessageState.SPAM, MessageState.SPAM, MessageState.PENDING]
    tasks.classify()
    assert states(engine) == [MessageState.SPAM] * 3


def test_the_sweep_ends_what_was_tried_too_often(engine: Engine) -> None:
    given.received(engine, given.incoming("breaks workers", 1), given.incoming("hello", 2))
    with transaction(engine) as session:
        too_often = update(Message).where(Message.message_id == 1)
        session.execute(too_often.values(attempts=inbox.MAX_ATTEMPTS))
    tasks.sweep()
    assert states(engine) == [MessageState.FAILED, MessageState.PENDING]


def test_after_the_champion_the_shadow_judges(engine: Engine, add_version: AddVersion) -> None:
    add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    given.in_shadow(engine, "v2")
    given.received(engine, *[given.incoming("buy now", i) for i in range(2)])
    tasks.classify()
    assert given.values(engine, Verdict.is_shadow) == [False, False, True, True]


def test_a_bell_judges_by_the_authors_standing_and_so_does_the_shadow(engine: Engine, add_version: AddVersion) -> None:
    version = add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    given.in_shadow(engine, "v2")
    given.regular(engine, version)
    given.received(engine, given.incoming("hello"))
    tasks.classify()
    assert given.values(engine, Verdict.standing)[-2:] == [Standing.GOOD] * 2
    regulars = shifted(0.5, shifts({})[Standing.GOOD])
    assert given.values(engine, Verdict.review_threshold)[-2:] == [pytest.approx(regulars, abs=0.01)] * 2


def test_ham_is_drawn_for_audit_by_the_share_of_the_settings(
    engine: Engine, process: pytest.MonkeyPatch, add_version: AddVersion
) -> None:
    process.setenv("HAMLET_AUDIT_SHARE", "1")
    add_version(engine, made=tiny.checkpoint(review=1.0))
    given.received(engine, given.incoming("hello"))
    tasks.classify()
    assert given.values(engine, Verdict.is_audited) == [True]


def test_at_rest_a_promotion_is_met_without_a_message(engine: Engine, add_version: AddVersion) -> None:
    add_version(engine, "v1")
    tasks.sweep()
    before = tasks.context().champion.loaded
    add_version(engine, "v2")
    tasks.sweep()
    assert (before, tasks.context().champion.loaded) == (["v1"], ["v2"])


def test_at_rest_a_shadow_that_ended_is_let_go(engine: Engine, add_version: AddVersion) -> None:
    add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    given.in_shadow(engine, "v2")
    given.received(engine, given.incoming())
    tasks.classify()
    before = tasks.context().champion.loaded
    given.state(engine, "v2", VersionState.REJECTED)
    tasks.sweep()
    assert (before, tasks.context().champion.loaded) == (["v1", "v2"], ["v1"])


def test_at_rest_old_messages_are_looked_at_again(engine: Engine, add_version: AddVersion) -> None:
    earlier = add_version(engine, "v1")
    for n in range(5):
        given.verdict(engine, earlier, given.incoming("hello", n), 0.1)
    add_version(engine, "v2", made=tiny.checkpoint(review=0.0))
    with transaction(engine) as session:
        rescans.request(session, 1, 7, "web:ann")
    for _ in range(4):  # as many slices of two as there may be, where each takes all of its time
        tasks.sweep()
    assert given.values(engine, RescanHit.message_id) == [1, 2, 3, 4, 5]
    assert None not in given.values(engine, Rescan.done_at)


def test_the_sweep_gives_back_what_a_full_disk_kept_from_being_judged(
    engine: Engine, process: pytest.MonkeyPatch, add_version: AddVersion
) -> None:
    process.setenv("HAMLET_BATCH_SIZE", "100")
    add_version(engine)
    given.received(engine, *[given.incoming("buy now", n) for n in range(100)])
    with transaction(engine) as session:
        inbox.claim(session, 100, 30)
    given.passed(engine, "messages", "lease_until")
    with full_disk(tasks.context().engine):
        tasks.classify()
        for _ in range(6):  # each gives the batch back; suspects are not tried again for ten seconds
            tasks.sweep()
        assert set(given.values(engine, Message.attempts)) <= {1, 2}, "by the worker that died, and by this one's batch"
    tasks.classify()
    assert MessageState.PENDING not in states(engine)


@pytest.mark.parametrize("task", [tasks.classify, tasks.sweep])
def test_a_database_that_is_away_stops_nothing(
    process: pytest.MonkeyPatch, task: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    process.setenv("HAMLET_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    task()
    assert "database out of reach: the sweep will try again" in capsys.readouterr().out


@pytest.mark.parametrize("task", [tasks.classify, tasks.sweep])
def test_every_bell_is_a_heartbeat(task: Callable[[], None]) -> None:
    task()
    age = tasks.context().heartbeat.age_seconds()
    assert age is not None
    assert age < 5


def test_the_sweep_gives_a_sign_of_life_and_waits_for_no_day_of_a_clock_that_was_ahead(engine: Engine) -> None:
    given.received(engine, given.incoming())
    with transaction(engine) as session:
        session.execute(update(Message).values(lease_holder="gone", lease_until=now() + timedelta(days=1)))
    tasks.sweep()
    with transaction(engine) as session:
        assert signs.is_worked_with(session)
        assert len(inbox.claim(session, 10, 30)[1]) == 1
