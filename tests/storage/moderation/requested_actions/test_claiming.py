"""Actions are claimed under a lease, deletions first, each with the facts of its own message."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine, event

from storage.models import ModelVersion
from storage.moderation.requested_actions import queue
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.requested_actions.tasks import AMEND, DELETE, NOTIFY, ask, claim, done


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


def test_the_amendment_knows_where_the_notice_stands(engine: Engine, verdict: int) -> None:
    [notice] = claim(engine)
    done(engine, notice, {"chat_id": 5, "message_id": 7})
    ask(engine, verdict, AMEND)
    assert claim(engine)[0].notice == {"chat_id": 5, "message_id": 7}


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
