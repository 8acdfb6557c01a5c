"""What makes a case of newcomers' messages, and what a press on its notice decides."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from storage.access import chats
from storage.learning import erasure
from storage.models import Action, ActionKind, ActionState, CaseMessage, ModelVersion
from storage.moderation import cases, raids
from storage.moderation.requested_actions import queue
from storage.privacy import members
from storage.session import reading, transaction
from tests.storage import given

WORDS = "join our garden of wonders at 7 pm"
MODERATOR = "telegram:1"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    """The serving version, in a group that wants floods to be cases, whose newcomers are 101 to 109."""
    given.joined(engine, *range(101, 110))
    with transaction(engine) as session:
        chats.choose(session, 1, "floods", "yes")
    return given.version(engine)


def written(
    engine: Engine, model: ModelVersion, n: int, text: str = WORDS, score: float = 0.1, seconds: float = 0, **other: Any
) -> int:
    """The verdict on the nth message, by the nth newcomer, so many seconds after noon."""
    message = given.incoming(
        text, n, sent_at=given.NOON + timedelta(seconds=seconds), **{"author_id": 100 + n, **other}
    )
    return given.verdict(engine, model, message, score)


def sizes(engine: Engine) -> list[int]:
    """How many messages each case has."""
    return sorted(Counter(given.values(engine, CaseMessage.case_id)).values())


def flood(engine: Engine, model: ModelVersion, count: int = 3, **how: Any) -> int:
    """The case of so many newcomers who write the same."""
    for n in range(1, count + 1):
        written(engine, model, n, **how)
    return next(iter(given.values(engine, CaseMessage.case_id)))


def read(engine: Engine, case_id: int) -> cases.Case:
    with reading(engine) as session:
        return cases.read(session, case_id)


@pytest.mark.parametrize(("count", "expected"), [(2, []), (3, [3]), (4, [4])])
def test_three_newcomers_who_write_the_same_are_a_case(
    engine: Engine, model: ModelVersion, count: int, expected: list[int]
) -> None:
    for n in range(1, count + 1):
        written(engine, model, n, f"{WORDS}, table {n}")
    assert sizes(engine) == expected


def test_it_takes_ten_minutes_at_most(engine: Engine, model: ModelVersion) -> None:
    for n in range(1, 4):
        written(engine, model, n, seconds=400 * n)
    assert sizes(engine) == []


@pytest.mark.parametrize(("score", "expected"), [(0.1, []), (0.95, [3])], ids=["clean", "flagged"])
def test_short_words_are_the_same_by_chance_unless_they_are_flagged(
    engine: Engine, model: ModelVersion, score: float, expected: list[int]
) -> None:
    for n in range(1, 4):
        written(engine, model, n, "hello all", score)
    assert sizes(engine) == expected


def test_the_same_picture_under_other_words_is_a_case(engine: Engine, model: ModelVersion) -> None:
    for n, text in enumerate(("look at this", "my summer", "wow"), start=1):
        written(engine, model, n, text, media_id="the same")
    assert sizes(engine) == [3]


def test_a_regular_is_no_newcomer(engine: Engine, model: ModelVersion) -> None:
    for day in range(1, 6):
        written(engine, model, 9_000 + day, f"all is well on day {day}", seconds=-86_400 * day, author_id=103)
    for n in range(1, 4):
        written(engine, model, n)
    assert sizes(engine) == []


@pytest.mark.parametrize(("pause", "expected"), [(10, [5]), (20, [])], ids=["within a minute", "within two"])
def test_five_messages_of_one_newcomer_at_once_are_a_case(
    engine: Engine, model: ModelVersion, pause: float, expected: list[int]
) -> None:
    for n in range(1, 6):
        written(engine, model, n, f"{'abcde'[n - 1] * 30}", seconds=pause * n, author_id=101)
    assert sizes(engine) == expected


def test_an_album_is_one_message(engine: Engine, model: ModelVersion) -> None:
    for n in range(1, 6):
        written(engine, model, n, f"{'abcde'[n - 1] * 30}", author_id=101, album_id="holidays")
    assert sizes(engine) == []


def test_waiting_notices_give_way_to_the_cases_and_no_digest_counts_its_messages(
    engine: Engine, model: ModelVersion
) -> None:
    flood(engine, model, score=0.95)
    assert given.kinds(engine) == [ActionKind.CASE]
    with reading(engine) as session:
        assert raids.held_back(session, 1).count == 0
        assert not raids.is_on(session, 1)


def test_a_press_decides_what_nobody_else_decided_and_spares_administrators(
    engine: Engine, model: ModelVersion
) -> None:
    case_id = flood(engine, model, 4)
    given.corrected(engine, 1, "telegram:2", False)
    given.corrected(engine, 2, MODERATOR, False)
    given.corrected(engine, 3, MODERATOR, True)
    with reading(engine) as session:
        assert cases.undecided(session, case_id, MODERATOR, True, 10) == [2, 4]
        assert cases.undecided(session, case_id, MODERATOR, True, 10, spared={104}) == [2]
        assert cases.undecided(session, case_id, MODERATOR, True, 1) == [2]
    assert (read(engine, case_id).spam, read(engine, case_id).ham) == (1, 2)


def test_what_comes_while_the_notice_is_being_sent_is_in_the_next_one(engine: Engine, model: ModelVersion) -> None:
    flood(engine, model)
    with transaction(engine) as session:
        (task,) = queue.claim(session, None, 10, 30)
    written(engine, model, 4)
    with transaction(engine) as session:
        queue.done(session, task, {"chat_id": 1, "message_id": 2})
        assert session.scalars(select(Action.state)).one() == ActionState.PENDING


def test_a_notice_that_says_all_is_left_alone(engine: Engine, model: ModelVersion) -> None:
    flood(engine, model)
    with transaction(engine) as session:
        (task,) = queue.claim(session, None, 10, 30)
        queue.done(session, task, {"chat_id": 1, "message_id": 2})
        assert session.scalars(select(Action.state)).one() == ActionState.DONE


def test_what_is_erased_is_quoted_no_more(engine: Engine, model: ModelVersion) -> None:
    case_id = flood(engine, model)
    assert read(engine, case_id).texts == (WORDS,)
    with transaction(engine) as session:
        members.forget(session, 101)
        for row in (2, 3):
            erasure.erase(session, [row])
    assert read(engine, case_id).texts == ()
