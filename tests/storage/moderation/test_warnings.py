"""What warnings lead to where a chat counts them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.access import chats
from storage.errors import UnsuitableSetting
from storage.models import Action, ActionKind, Chat, ChatSettings, ModelVersion, Order, OrderKind, now
from storage.moderation import orders, warnings
from storage.moderation.orders import Command
from storage.moderation.warnings import Step
from storage.rules import FOR_GOOD, Term
from storage.session import reading, transaction
from tests.storage import given

MUTE = Step(ActionKind.RESTRICT, Term(timedelta(days=1)))
BAN = Step(ActionKind.BAN, Term(timedelta(days=30)))


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def message(engine: Engine, model: ModelVersion, number: int, author: int = 7, text: str = "rude words") -> int:
    """The verdict on a message, whose row has the same number in these tests."""
    return given.verdict(engine, model, given.incoming(f"{text} {number}", number, author_id=author), 0.1)


def warn(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        orders.give(session, Command(row, OrderKind.WARN, "telegram:1", "Ann"))


def chooses(engine: Engine, **chosen: int) -> None:
    with transaction(engine) as session:
        for field, value in chosen.items():
            chats.choose(session, 1, field, value)


def number(engine: Engine, row: int) -> int:
    """Which warning the next one for this message would be."""
    with reading(engine) as session:
        warning = warnings.next_one(session, session.get_one(Chat, 1), row)
        assert warning is not None
        return warning.number


def sanctions(engine: Engine) -> list[ActionKind]:
    with reading(engine) as session:
        kinds = session.scalars(select(Action.kind).order_by(Action.id))
        return [kind for kind in kinds if kind in (ActionKind.BAN, ActionKind.RESTRICT)]


@pytest.mark.parametrize(
    ("mute", "ban", "steps"),
    [
        (0, 0, [None, None, None]),
        (2, 0, [None, MUTE, MUTE]),
        (0, 3, [None, None, BAN]),
        (2, 3, [None, MUTE, BAN]),
        (3, 3, [None, None, BAN]),
    ],
)
def test_each_warning_leads_to_what_the_chat_chose(mute: int, ban: int, steps: list[Step | None]) -> None:
    settings = ChatSettings(warnings_mute=mute, warnings_ban=ban)
    assert [warnings.step(settings, n) for n in (1, 2, 3)] == steps


def test_a_warnings_ban_lasts_as_long_as_the_chats_bans() -> None:
    assert warnings.step(ChatSettings(warnings_ban=3, ban_days=0), 3) == Step(ActionKind.BAN, FOR_GOOD)


def test_the_ladder_is_climbed_by_one_member_in_one_chat(engine: Engine, model: ModelVersion) -> None:
    for n in (1, 2, 3):
        message(engine, model, n)
    others = message(engine, model, 4, author=8)
    chooses(engine, warnings_mute=2, warnings_ban=3)
    warn(engine, others)
    warn(engine, 1)
    assert sanctions(engine) == []
    warn(engine, 2)
    assert sanctions(engine) == [ActionKind.RESTRICT]
    warn(engine, 3)
    assert sanctions(engine) == [ActionKind.RESTRICT, ActionKind.BAN]


def test_one_message_is_one_warning_whoever_repeats_it(engine: Engine, model: ModelVersion) -> None:
    message(engine, model, 1)
    message(engine, model, 2)
    chooses(engine, warnings_ban=3)
    for _ in range(3):
        warn(engine, 1)
    assert number(engine, 1) == 1
    assert number(engine, 2) == 2


def test_a_warning_counts_for_thirty_days(engine: Engine, model: ModelVersion) -> None:
    message(engine, model, 1)
    message(engine, model, 2)
    chooses(engine, warnings_ban=3)
    warn(engine, 1)
    with transaction(engine) as session:
        session.execute(update(Order).values(created_at=now() - timedelta(days=31)))
    assert number(engine, 2) == 1


def test_a_warning_for_what_was_no_spam_after_all_counts_no_more(engine: Engine, model: ModelVersion) -> None:
    verdict = message(engine, model, 1)
    message(engine, model, 2)
    chooses(engine, warnings_ban=3)
    warn(engine, 1)
    given.corrected(engine, verdict, "telegram:1", False)
    assert number(engine, 2) == 1


def test_a_picture_is_warned_about_like_words(engine: Engine, model: ModelVersion) -> None:
    message(engine, model, 1)
    [row] = given.received(engine, given.incoming("", 2))
    with transaction(engine) as session:
        session.get_one(orders.Message, row).state = orders.MessageState.NOTHING_TO_JUDGE
    chooses(engine, warnings_mute=2)
    warn(engine, 1)
    warn(engine, row)
    assert sanctions(engine) == [ActionKind.RESTRICT]


@pytest.mark.parametrize(("field", "value"), [("ban_days", -1), ("ban_days", 367), ("warnings_ban", "many")])
def test_a_setting_that_makes_no_sense_is_refused(engine: Engine, field: str, value: object) -> None:
    given.received(engine, given.incoming())
    with transaction(engine) as session, pytest.raises(UnsuitableSetting):
        chats.choose(session, 1, field, value)
