"""Telegram's "retry after" holds for the chat that the call went to, however many are told to wait."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.models import ActionState
from storage.moderation.requested_actions import queue
from storage.processes import rate_limits
from storage.session import reading, transaction
from tests.storage import given

GROUP, OTHER = -100123, -100124


def noted(engine: Engine, chat: int, seconds: float) -> None:
    with transaction(engine) as session:
        rate_limits.note(session, chat, seconds)


def seconds(engine: Engine, chat: int) -> float:
    with reading(engine) as session:
        return rate_limits.seconds(session, chat)


def claimed(engine: Engine, notices_to: int | None = None) -> list[int]:
    with transaction(engine) as session:
        return [task.chat_external_id for task in queue.claim(session, None, 10, 30, notices_to)]


def test_a_chat_that_is_told_to_wait_waits_alone(engine: Engine) -> None:
    noted(engine, GROUP, 60)
    assert 50 < seconds(engine, GROUP) <= 60
    assert seconds(engine, OTHER) == 0


def test_when_two_are_told_to_wait_each_waits_its_own_time_and_others_go_on(engine: Engine) -> None:
    noted(engine, GROUP, 60)
    noted(engine, OTHER, 20)
    assert 50 < seconds(engine, GROUP) <= 60
    assert 10 < seconds(engine, OTHER) <= 20
    assert seconds(engine, -5) == 0
    with reading(engine) as session:
        assert rate_limits.chats(session) == {GROUP, OTHER}


def test_a_shorter_wait_does_not_end_a_longer_one(engine: Engine) -> None:
    noted(engine, GROUP, 60)
    noted(engine, GROUP, 1)
    assert seconds(engine, GROUP) > 50


def test_a_wait_that_is_over_says_nothing(engine: Engine) -> None:
    noted(engine, GROUP, -1)
    noted(engine, OTHER, 60)
    assert seconds(engine, GROUP) == 0
    assert seconds(engine, -5) == 0


def test_actions_of_a_chat_that_waits_are_not_claimed(engine: Engine) -> None:
    model = given.version(engine)
    given.verdict(engine, model)
    given.verdict(engine, model, given.incoming(message_id=2, chat_external_id=OTHER))
    noted(engine, GROUP, 60)
    assert claimed(engine) == [OTHER]
    assert given.values(engine, queue.Action.state) == [ActionState.PENDING] * 2


def test_a_notice_waits_for_the_chat_it_goes_to(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    noted(engine, -7, 60)
    assert claimed(engine, notices_to=-7) == []
    assert claimed(engine) == [GROUP]


def test_actions_go_on_where_only_others_wait(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    noted(engine, -7, 60)
    noted(engine, -8, 60)
    assert claimed(engine) == [GROUP]
