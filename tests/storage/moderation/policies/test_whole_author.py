"""A moderator's "spam" takes what else its author wrote lately, where the chat wants that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from storage.access import chats, switches, trust
from storage.models import Action, ActionKind, Chat, Message, Mode, ModelVersion, now
from storage.session import reading, transaction
from tests.storage import given

OTHER_GROUP = -100999


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def written(engine: Engine, model: ModelVersion, message_id: int, hours_ago: float = 1, group: int = -100123) -> int:
    """The verdict on a message of author 7."""
    sent_at = now() - timedelta(hours=hours_ago)
    message = given.incoming(f"text {message_id}", message_id, sent_at=sent_at, chat_external_id=group)
    return given.verdict(engine, model, message, 0.1)


def chooses(engine: Engine, value: str, mode: Mode = Mode.TRAINING) -> None:
    given.mode(engine, mode)
    with transaction(engine) as session:
        chats.choose(session, 1, "spam_removes", value)


def deleted(engine: Engine) -> list[tuple[int | None, int | None]]:
    """Chat and number of the messages whose deletion was asked for by number."""
    with reading(engine) as session:
        rows = select(Action.chat_id, Action.message_id).where(Action.kind == ActionKind.DELETE)
        return [(chat, number) for chat, number in session.execute(rows.where(Action.message_id.is_not(None)))]


def test_by_default_only_the_message_goes(engine: Engine, model: ModelVersion) -> None:
    written(engine, model, 1)
    given.corrected(engine, written(engine, model, 2), "telegram:1", True)
    assert deleted(engine) == []


def test_what_its_author_wrote_here_lately_goes(engine: Engine, model: ModelVersion) -> None:
    written(engine, model, 1, hours_ago=49)
    written(engine, model, 2, hours_ago=47)
    written(engine, model, 3, group=OTHER_GROUP)
    spam = written(engine, model, 4)
    chooses(engine, "chat")
    given.corrected(engine, spam, "telegram:1", True)
    assert deleted(engine) == [(1, 2)]


def test_it_goes_from_every_group_where_the_chat_says_so(engine: Engine, model: ModelVersion) -> None:
    written(engine, model, 2)
    written(engine, model, 3, group=OTHER_GROUP)
    spam = written(engine, model, 4)
    chooses(engine, "everywhere")
    given.corrected(engine, spam, "telegram:1", True)
    assert sorted(deleted(engine)) == [(1, 2), (2, 3)]


def other_observes(session: Session) -> None:
    session.get_one(Chat, 2).mode = Mode.OBSERVE


def other_is_paused(session: Session) -> None:
    switches.pause(session.get_one(Chat, 2), "a test")


def author_is_trusted_there(session: Session) -> None:
    trust.give(session, 2, 7, "Ann", "telegram:9")


def author_is_in_good_standing_there(session: Session) -> None:
    session.get_one(Chat, 2).standing_after = 1
    for message in session.scalars(select(Message).where(Message.chat_id == 2)):
        message.text = "my roses want water and my tulips want a lot of sun"


@pytest.mark.parametrize(
    "reason", [other_observes, other_is_paused, author_is_trusted_there, author_is_in_good_standing_there]
)
def test_nothing_goes_from_another_group_that_would_not_act(
    engine: Engine, model: ModelVersion, reason: Callable[[Session], None]
) -> None:
    written(engine, model, 2)
    written(engine, model, 3, group=OTHER_GROUP)
    spam = written(engine, model, 4)
    chooses(engine, "everywhere")
    with transaction(engine) as session:
        reason(session)
    given.corrected(engine, spam, "telegram:1", True)
    assert deleted(engine) == [(1, 2)]


def test_nothing_goes_from_other_groups_while_all_are_stopped(engine: Engine, model: ModelVersion) -> None:
    written(engine, model, 3, group=OTHER_GROUP)
    spam = written(engine, model, 4)
    chooses(engine, "everywhere")
    with transaction(engine) as session:
        switches.stop(session, "ann")
    given.corrected(engine, spam, "telegram:1", True)
    assert deleted(engine) == []


def test_what_was_called_ham_stays(engine: Engine, model: ModelVersion) -> None:
    given.corrected(engine, written(engine, model, 1), "telegram:1", False)
    spam = written(engine, model, 2)
    chooses(engine, "chat")
    given.corrected(engine, spam, "telegram:1", True)
    assert deleted(engine) == []


def test_nothing_goes_twice(engine: Engine, model: ModelVersion) -> None:
    first, second = written(engine, model, 1), written(engine, model, 2)
    chooses(engine, "chat")
    given.corrected(engine, first, "telegram:1", True)
    given.corrected(engine, second, "telegram:1", True)
    assert deleted(engine) == [(1, 2)]


@pytest.mark.parametrize(("mode", "is_spam"), [(Mode.OBSERVE, True), (Mode.TRAINING, False)])
def test_nothing_goes_where_nothing_is_done(engine: Engine, model: ModelVersion, mode: Mode, is_spam: bool) -> None:
    written(engine, model, 1)
    spam = written(engine, model, 2)
    chooses(engine, "chat", mode)
    given.corrected(engine, spam, "telegram:1", is_spam)
    assert deleted(engine) == []
