"""Actions are done once, tried again later, given up visibly, and asked for anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, update

from storage.models import Action, ActionState, now
from storage.moderation.requested_actions import queue, requests
from storage.moderation.requested_actions.calls import VerdictAction
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.requested_actions.tasks import NOTIFY, ask, claim, done, postpone, row


def test_a_postponed_action_waits(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    postpone(engine, task, seconds=60)
    assert claim(engine) == []
    given.passed(engine, "actions", "not_before")
    assert len(claim(engine)) == 1


def test_an_action_postponed_too_often_fails_visibly(engine: Engine, verdict: int) -> None:
    with transaction(engine) as session:
        session.execute(update(Action).values(attempts=queue.MAX_ATTEMPTS - 2))
    for expected in (ActionState.PENDING, ActionState.FAILED):
        [task] = claim(engine)
        postpone(engine, task)
        assert row(engine).state == expected
    assert row(engine).error == f"given up after {queue.MAX_ATTEMPTS} attempts: Telegram is away"


def test_a_task_counts_its_attempts(engine: Engine, verdict: int) -> None:
    for expected in (1, 2):
        [task] = claim(engine)
        assert task.attempts == expected
        postpone(engine, task)


def test_a_done_action_keeps_its_receipt(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    done(engine, task, {"chat_id": 5, "message_id": 7})
    action = row(engine)
    assert (action.state, action.receipt, action.lease_holder) == (
        ActionState.DONE,
        {"chat_id": 5, "message_id": 7},
        None,
    )
    assert action.done_at is not None


def test_an_action_that_cannot_succeed_keeps_its_reason(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    with transaction(engine) as session:
        queue.failed(session, task, "chat not found")
    assert (row(engine).state, row(engine).error) == (ActionState.FAILED, "chat not found")
    assert claim(engine) == []


@pytest.mark.parametrize("ending", [done, postpone])
def test_a_lost_lease_ends_nothing(
    engine: Engine, verdict: int, ending: Callable[[Engine, VerdictAction], None]
) -> None:
    [slow] = claim(engine)
    given.passed(engine, "actions", "lease_until")
    [quick] = claim(engine)
    ending(engine, slow)
    action = row(engine)
    assert (action.state, action.lease_holder) == (ActionState.PENDING, quick.holder)


def test_asking_again_resets_a_done_action(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    done(engine, task)
    ask(engine, verdict, NOTIFY)
    action = row(engine)
    assert (action.state, action.attempts) == (ActionState.PENDING, 0)
    assert action.not_before <= now()


def test_asking_again_during_the_call_has_it_made_again(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    ask(engine, verdict, NOTIFY)
    done(engine, task)
    assert row(engine).state == ActionState.PENDING


def test_asking_once_leaves_a_done_action_done(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    done(engine, task)
    with transaction(engine) as session:
        requests.ask_once(session, verdict, NOTIFY)
    assert row(engine).state == ActionState.DONE
