"""Which reported messages are hidden, who may report, and who is told of decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from storage.access import chats, switches
from storage.models import (
    Action,
    ActionKind,
    Chat,
    Correction,
    Hold,
    HoldState,
    Message,
    Mode,
    ModelVersion,
    Report,
    Verdict,
    now,
)
from storage.moderation import reports
from storage.moderation.policies import reporters
from storage.moderation.reports import Outcome
from storage.privacy import members
from storage.session import reading, transaction
from tests.storage import given

IDA, JOE = 8, 9


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def group(engine: Engine, model: ModelVersion, mode: Mode = Mode.TRAINING, **choices: Any) -> None:
    """A group of that mode with two members in good standing."""
    for n, who in enumerate((IDA, JOE)):
        for number in range(5):
            text = f"all is well with {who} {number}"
            given.verdict(engine, model, given.incoming(text, 9_000 + 10 * n + number, author_id=who), 0.1)
    given.mode(engine, mode)
    with transaction(engine) as session:
        for field, value in choices.items():
            chats.choose(session, 1, field, value)


def report(engine: Engine, message_row: int, *who: int) -> Outcome:
    with transaction(engine) as session:
        return [reports.report(session, message_row, reporter) for reporter in who][-1]


def message_of(engine: Engine, verdict_id: int) -> int:
    with reading(engine) as session:
        return session.get_one(Verdict, verdict_id).message_id


def is_hidden(engine: Engine) -> bool:
    return ActionKind.DELETE in given.kinds(engine)


@pytest.mark.parametrize(("chosen", "hidden"), [("0", False), ("2", True), ("3", False)])
def test_as_many_reports_hide_as_the_chat_says(engine: Engine, model: ModelVersion, chosen: str, hidden: bool) -> None:
    group(engine, model, reports_hide=chosen)
    report(engine, message_of(engine, given.verdict(engine, model, score=0.1)), IDA, JOE)
    assert is_hidden(engine) is hidden


def test_what_is_reported_before_it_is_judged_is_hidden_with_its_verdict(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, reports_hide="2")
    report(engine, given.received(engine, given.incoming())[0], IDA, JOE)
    assert not is_hidden(engine)
    given.verdict(engine, model, score=0.1)
    assert is_hidden(engine)


def test_nothing_is_hidden_where_the_chat_only_observes(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, Mode.OBSERVE, reports_hide="2")
    report(engine, message_of(engine, given.verdict(engine, model, score=0.1)), IDA, JOE)
    assert not is_hidden(engine)


def test_nothing_is_hidden_while_everything_is_stopped(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, reports_hide="2")
    with transaction(engine) as session:
        switches.stop(session, "a test")
    report(engine, message_of(engine, given.verdict(engine, model, score=0.1)), IDA, JOE)
    assert not is_hidden(engine)


def test_a_deletion_that_was_not_made_yet_is_cancelled_and_nothing_is_posted_again(
    engine: Engine, model: ModelVersion
) -> None:
    group(engine, model, reports_hide="2")
    verdict = given.verdict(engine, model, score=0.1)
    report(engine, message_of(engine, verdict), IDA, JOE)
    given.corrected(engine, verdict, "telegram:1", False)
    assert ActionKind.RESTORE not in given.kinds(engine)
    assert given.values(engine, Hold.state) == [HoldState.RELEASED]


def test_members_who_hide_ham_do_not_pause_the_chat(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, reports_hide="2")
    for number in range(3):
        verdict = given.verdict(engine, model, given.incoming(f"hello {number}", number + 1), 0.1)
        row = message_of(engine, verdict)
        with transaction(engine) as session:
            session.add_all(Report(message_id=row, reporter_id=who) for who in (21, 22))
        report(engine, row, IDA)
        given.corrected(engine, verdict, "telegram:1", False)
    assert given.values(engine, Chat.paused_at) == [None]


def reported(engine: Engine, model: ModelVersion, decisions: list[bool]) -> Outcome:
    """What comes of Ida's next report, after moderators decided on earlier ones like this."""
    for number, is_spam in enumerate(decisions):
        verdict = given.verdict(engine, model, given.incoming(f"hello {number}", number + 1), 0.1)
        report(engine, message_of(engine, verdict), IDA)
        given.corrected(engine, verdict, "telegram:1", is_spam)
    return report(engine, message_of(engine, given.verdict(engine, model, given.incoming("hm", 99), 0.1)), IDA)


@pytest.mark.parametrize(
    ("decisions", "outcome"),
    [
        ([False, False], Outcome.COUNTED),
        ([False, False, False], Outcome.BARRED),
        ([False, False, True, False], Outcome.COUNTED),
        ([True, False, False, False], Outcome.BARRED),
    ],
    ids=["two", "three", "three, but one of spam between", "three since one of spam"],
)
def test_three_false_reports_in_a_row_bar(
    engine: Engine, model: ModelVersion, decisions: list[bool], outcome: Outcome
) -> None:
    group(engine, model, reports_hide="5")
    assert reported(engine, model, decisions) == outcome


def test_nobody_is_barred_where_reports_hide_nothing(engine: Engine, model: ModelVersion) -> None:
    group(engine, model)
    assert reported(engine, model, [False] * 4) == Outcome.COUNTED


def test_a_week_later_they_may_report_again(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, reports_hide="5")
    assert reported(engine, model, [False] * 3) == Outcome.BARRED
    with transaction(engine) as session:
        earlier = timedelta(days=7, minutes=1)
        session.execute(update(Correction).values(created_at=now() - earlier))
        session.execute(update(Report).values(created_at=now() - 2 * earlier))
        assert not reporters.is_barred(session, session.get_one(Chat, 1), IDA)


def informed(engine: Engine) -> list[tuple[int | None, str | None, str]]:
    with reading(engine) as session:
        rows = select(Action.user_id, Action.text, Action.state).where(Action.kind == ActionKind.INFORM)
        return [(user_id, text, state.value) for user_id, text, state in session.execute(rows.order_by(Action.id))]


def test_a_decision_that_is_changed_at_once_is_the_only_one_that_reporters_hear_of(
    engine: Engine, model: ModelVersion
) -> None:
    group(engine, model, informs_reporters="yes")
    verdict = given.verdict(engine, model, score=0.1)
    report(engine, message_of(engine, verdict), IDA)
    given.corrected(engine, verdict, "telegram:1", False)
    given.corrected(engine, verdict, "telegram:1", True)
    assert informed(engine) == [(IDA, "ham", "cancelled"), (IDA, "spam", "pending")]


def test_who_is_forgotten_is_told_nothing_more(engine: Engine, model: ModelVersion) -> None:
    group(engine, model, informs_reporters="yes")
    verdict = given.verdict(engine, model, score=0.1)
    report(engine, message_of(engine, verdict), IDA)
    given.corrected(engine, verdict, "telegram:1", False)
    with transaction(engine) as session:
        members.forget(session, IDA)
    assert informed(engine) == []
    assert given.values(engine, Message.id) != []
