"""What a decision asks for; an undo takes all of it back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.models import (
    Mode,
    ModelVersion,
)
from storage.moderation.requested_actions import queue
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.requested_actions.asked import (
    AMEND,
    ANN,
    BAN,
    BOB,
    CANCELLED,
    DELETE,
    NOTIFY,
    RESTRICT,
    UNBAN,
    flagged,
    kinds,
    perform,
)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def test_not_spam_undoes_everything(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == {UNBAN, AMEND}
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == set(), "a second tap is safe"


def test_a_ban_that_two_messages_ask_for_ends_with_the_second_undo(engine: Engine, model: ModelVersion) -> None:
    first, second = (flagged(engine, model, Mode.ENFORCE, message_id=i) for i in (1, 2))
    perform(engine)
    given.corrected(engine, second, ANN, False)
    assert UNBAN not in kinds(engine)
    given.corrected(engine, first, ANN, False)
    assert UNBAN in kinds(engine)


def test_an_undo_before_the_ban_was_made_leaves_it_out(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.SOFT)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == {NOTIFY, AMEND}
    assert kinds(engine, CANCELLED) == {DELETE, RESTRICT}


def test_an_undo_during_the_ban_comes_after_it(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    with transaction(engine) as session:
        banning = next(task for task in queue.claim(session, None, 50, 30) if task.kind == BAN)
    given.corrected(engine, verdict, ANN, False)
    with transaction(engine) as session:
        assert UNBAN not in {task.kind for task in queue.claim(session, None, 50, 30)}
        queue.done(session, banning, {})
    with transaction(engine) as session:
        assert UNBAN in {task.kind for task in queue.claim(session, None, 50, 30)}


def test_a_mind_changed_twice_bans_again(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    perform(engine)
    given.corrected(engine, verdict, ANN, True)
    assert BAN in kinds(engine)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert UNBAN in kinds(engine)


def test_confirming_what_was_done_does_nothing_twice(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, True)
    assert kinds(engine) == {AMEND}


def test_a_dispute_stops_what_waits(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.TRAINING)
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, verdict, BOB, False)
    assert kinds(engine) == {NOTIFY, AMEND}
