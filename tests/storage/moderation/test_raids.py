"""A raid, however long and however fast, is a bounded number of notices, and all it flagged stands for decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from storage.models import Action, ActionKind, ModelVersion, Verdict
from storage.moderation import raids
from storage.moderation.requested_actions import calls, queue
from storage.session import reading, transaction
from tests.storage import given

POSTS = (ActionKind.NOTIFY, ActionKind.DIGEST)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def earlier(engine: Engine, seconds: float) -> None:
    """All that was asked for was asked that much earlier, and what is due is done."""
    with transaction(engine) as session:
        for action in session.scalars(select(Action)):
            action.created_at -= timedelta(seconds=seconds)
            action.not_before -= timedelta(seconds=seconds)
    with transaction(engine) as session:
        for task in queue.claim(session, None, 500, 30):
            held = task.held_back if isinstance(task, calls.ChatAction) else None
            queue.done(session, task, {"chat_id": 1, "message_id": 2, "last": held.last if held else 0})


def raid(engine: Engine, model: ModelVersion, minutes: int, a_minute: int) -> None:
    for n in range(minutes * a_minute):
        given.verdict(engine, model, given.incoming(f"buy now {n}", n, author_id=n + 10))
        if n % (a_minute // 2) == 0:
            earlier(engine, 30)


def posts(engine: Engine) -> int:
    return sum(kind in POSTS for kind in given.values(engine, Action.kind))


@pytest.mark.parametrize(("a_minute", "at_most"), [(12, 30), (8, 50)])
def test_a_raid_of_half_an_hour_is_few_notices(engine: Engine, a_minute: int, at_most: int) -> None:
    raid(engine, given.version(engine), 30, a_minute)
    assert posts(engine) <= at_most
    earlier(engine, 600)
    with reading(engine) as session:
        assert raids.held_back(session, 1).count == 0


def test_a_press_decides_no_more_at_once_than_is_asked_for(engine: Engine) -> None:
    raid(engine, given.version(engine), 1, 40)
    with reading(engine) as session:
        last = session.scalars(select(Verdict.id).order_by(Verdict.id.desc()).limit(1)).one()
        assert len(raids.undecided(session, 1, 1, last, 7)) == 7
