"""A chat keeps its texts from another model, whatever the operator named."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.access import chats
from storage.models import ModelVersion
from storage.moderation import second_opinions
from storage.outbound import configured
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.test_second_opinions import asked, claim, flagged, hours_pass


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    """The version that serves where another model may be asked."""
    with transaction(engine) as session:
        configured.record(session, configured.SECOND_OPINION, on=True)
    return given.version(engine)


def choose(engine: Engine, word: str) -> None:
    with transaction(engine) as session:
        chats.choose(session, 1, "asks_second_opinion", word)


def test_a_chat_that_refuses_it_is_not_asked_about(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, given.incoming("hello", 9))
    choose(engine, "no")
    flagged(engine, model)
    assert asked(engine) == []
    choose(engine, "yes")
    second = flagged(engine, model, 2)
    assert asked(engine) == [second]


def test_what_waits_when_a_chat_refuses_is_not_sent(engine: Engine, model: ModelVersion) -> None:
    failed, _fresh = flagged(engine, model, 1), flagged(engine, model, 2)
    question = claim(engine)
    assert question is not None
    with transaction(engine) as session:
        second_opinions.failed(session, question, "HTTP 500")
    hours_pass(engine, 0.1)
    choose(engine, "no")
    assert claim(engine) is None
    assert asked(engine) == [failed]  # an attempt was made, which counts against the budget
    with reading(engine) as session:
        assert not second_opinions.is_waiting(session)
