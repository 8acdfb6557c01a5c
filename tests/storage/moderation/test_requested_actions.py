"""Actions: claimed under a lease, done once, tried again later, or given up visibly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Engine, event, select, update

from storage.models import Action, ActionKind, ActionState, ModelVersion, now
from storage.moderation.requested_actions import queue, requests
from storage.moderation.requested_actions.calls import VerdictAction
from storage.session import reading, transaction
from tests.storage import given

NOTIFY, AMEND, DELETE = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


@pytest.fixture
def verdict(engine: Engine, model: ModelVersion) -> int:
    """A verdict whose notice waits."""
    return given.verdict(engine, model)


def claim(engine: Engine, verdict_id: int | None = None, limit: int = 10) -> list[VerdictAction]:
    with transaction(engine) as session:
        return queue.claim(session, verdict_id, limit, 30)


def ask(engine: Engine, verdict_id: int, kind: ActionKind) -> None:
    with transaction(engine) as session:
        requests.ask(session, verdict_id, kind)


def postpone(engine: Engine, task: VerdictAction, seconds: float = 0) -> None:
    with transaction(engine) as session:
        queue.postpone(session, task, "Telegram is away", seconds)


def done(engine: Engine, task: VerdictAction, receipt: dict[str, int] | None = None) -> None:
    with transaction(engine) as session:
        queue.done(session, task, receipt or {})


def row(engine: Engine, kind: ActionKind = NOTIFY) -> Action:
    with reading(engine) as session:
        return session.scalars(select(Action).where(Action.kind == kind)).one()


def test_deletions_go_before_notices(engine: Engine, model: ModelVersion, verdict: int) -> None:
    later = given.verdict(engine, model, given.incoming("free money", 2))
    for asked in (verdict, later):
        ask(engine, asked, DELETE)
    assert [(task.kind, task.verdict_id) for task in claim(engine)] == [(DELETE, verdict), (DELETE, later)]
    assert [(task.kind, task.verdict_id) for task in claim(engine)] == [(NOTIFY, verdict), (NOTIFY, later)]


def test_a_notice_goes_before_its_amendment(engine: Engine, verdict: int) -> None:
    ask(engine, verdict, AMEND)
    assert [task.kind for task in claim(engine)] == [NOTIFY, AMEND]


def test_a_claim_takes_at_most_its_limit(engine: Engine, verdict: int) -> None:
    ask(engine, verdict, DELETE)
    assert [task.kind for task in claim(engine, limit=1)] == [DELETE]
    assert [task.kind for task in claim(engine, limit=1)] == [NOTIFY]


def test_a_claimed_action_is_not_claimed_again(engine: Engine, verdict: int) -> None:
    assert len(claim(engine)) == 1
    assert claim(engine) == []


def test_an_action_whose_lease_ran_out_can_be_claimed_again(engine: Engine, verdict: int) -> None:
    claim(engine)
    given.passed(engine, "actions", "lease_until")
    assert len(claim(engine)) == 1


def test_a_claim_for_one_verdict_leaves_the_others(engine: Engine, model: ModelVersion, verdict: int) -> None:
    other = given.verdict(engine, model, given.incoming("free money", 2))
    assert [task.verdict_id for task in claim(engine, other)] == [other]


def test_a_task_knows_the_text_that_was_judged_and_what_was_decided(engine: Engine, verdict: int) -> None:
    given.received(engine, given.edited("good morning"))
    given.corrected(engine, verdict, "telegram:1", False)
    task = claim(engine)[0]
    assert (task.text, task.chat_external_id, task.message_id) == ("buy now", -100123, 1)
    assert [correction.actor_name for correction in task.corrections] == ["Telegram:1"]


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
    found = row(engine)
    assert (found.state, found.receipt, found.lease_holder) == (
        ActionState.DONE,
        {"chat_id": 5, "message_id": 7},
        None,
    )
    assert found.done_at is not None


def test_the_amendment_knows_where_the_notice_stands(engine: Engine, verdict: int) -> None:
    [notice] = claim(engine)
    done(engine, notice, {"chat_id": 5, "message_id": 7})
    ask(engine, verdict, AMEND)
    assert claim(engine)[0].notice == {"chat_id": 5, "message_id": 7}


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
    found = row(engine)
    assert (found.state, found.lease_holder) == (ActionState.PENDING, quick.holder)


def test_asking_again_resets_a_done_action(engine: Engine, verdict: int) -> None:
    [task] = claim(engine)
    done(engine, task)
    ask(engine, verdict, NOTIFY)
    found = row(engine)
    assert (found.state, found.attempts) == (ActionState.PENDING, 0)
    assert found.not_before <= now()


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


def test_claiming_many_actions_takes_no_more_statements_than_claiming_one(engine: Engine, model: ModelVersion) -> None:
    counts = []
    for number in (1, 5):
        for place in range(number):
            given.verdict(engine, model, given.incoming("buy now", 10 * number + place))
        statements: list[str] = []
        with transaction(engine) as session:
            count = partial(_count, statements)
            event.listen(engine, "before_cursor_execute", count)
            assert len(queue.claim(session, None, 10, 30)) == number
            event.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def _count(statements: list[str], _connection: object, _cursor: object, statement: str, *_: object) -> None:
    statements.append(statement)


def test_each_claimed_action_has_the_facts_of_its_own_message(engine: Engine, model: ModelVersion) -> None:
    first, second = (given.verdict(engine, model, given.incoming("buy now", number)) for number in (1, 2))
    given.corrected(engine, second, "ann", is_spam=False)
    claimed = {action.verdict_id: action for action in claim(engine) if action.kind == NOTIFY}
    assert [len(claimed[verdict_id].corrections) for verdict_id in (first, second)] == [0, 1]
    assert [claimed[verdict_id].album for verdict_id in (first, second)] == [(1,), (2,)]
