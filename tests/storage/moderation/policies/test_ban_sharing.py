"""In which other groups a confirmed spammer is banned, and what becomes of those bans."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from storage.access import chats, switches
from storage.models import Action, ActionKind, ActionState, Chat, Mode, ModelVersion, SharedBan, Trust, now
from storage.moderation import corrections, shared_bans
from storage.moderation.requested_actions import queue, requests
from storage.session import reading, transaction
from tests.storage import given

HERE, THERE = -100123, -100999
MODERATOR = "telegram:1"


def spam(engine: Engine, model: ModelVersion, message_id: int = 1) -> int:
    """The verdict on a message by author 7 in the first of two groups that share bans."""
    verdict_id = given.verdict(engine, model, given.incoming("buy now", message_id))
    with transaction(engine) as session:
        for group in (HERE, THERE):
            chats.choose(session, chats.on_telegram(session, group).id, "shares_bans", "yes")
    return verdict_id


def there(engine: Engine, **columns: object) -> None:
    """The other group is like this."""
    with transaction(engine) as session:
        chat = chats.on_telegram(session, THERE)
        for column, value in columns.items():
            setattr(chat, column, value)


def elsewhere(engine: Engine) -> list[tuple[ActionKind, ActionState]]:
    """What was asked for in the other group."""
    with reading(engine) as session:
        rows = select(Action.kind, Action.state).join(Chat, Chat.id == Action.chat_id)
        rows = rows.where(Chat.external_id == THERE).order_by(Action.id)
        return [(kind, state) for kind, state in session.execute(rows)]


def performed(engine: Engine) -> None:
    """The waiting bans are made."""
    with transaction(engine) as session:
        for task in queue.claim(session, None, 50, 30):
            queue.done(session, task, {"banned": True, "until": task.until and task.until.isoformat()})


WAITING_BAN = (ActionKind.BAN, ActionState.PENDING)


def test_the_author_is_banned_there_on_sqlite_and_on_postgresql(engine: Engine) -> None:
    given.corrected(engine, spam(engine, given.version(engine)), MODERATOR, True)
    assert elsewhere(engine) == [WAITING_BAN]


def trusted(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Trust(chat_id=chats.on_telegram(session, THERE).id, user_id=7, trusted_by=MODERATOR))


def stopped(engine: Engine) -> None:
    with transaction(engine) as session:
        switches.stop(session, "a test")


@pytest.mark.parametrize(
    "circumstance",
    [
        trusted,
        stopped,
        lambda engine: there(engine, mode=Mode.OBSERVE),
        lambda engine: there(engine, paused_at=now()),
        lambda engine: there(engine, settings={}),
    ],
    ids=["the author is trusted there", "all is stopped", "it observes", "it is paused", "it shares nothing"],
)
def test_nobody_is_banned_there_where(sqlite_engine: Engine, circumstance: Callable[[Engine], None]) -> None:
    verdict_id = spam(sqlite_engine, given.version(sqlite_engine))
    circumstance(sqlite_engine)
    given.corrected(sqlite_engine, verdict_id, MODERATOR, True)
    assert elsewhere(sqlite_engine) == []


def test_a_channel_is_banned_only_here(sqlite_engine: Engine) -> None:
    model = given.version(sqlite_engine)
    spam(sqlite_engine, model)
    by_channel = given.verdict(sqlite_engine, model, given.incoming("buy now", 2, author_id=-1009))
    given.corrected(sqlite_engine, by_channel, MODERATOR, True)
    assert elsewhere(sqlite_engine) == []


def test_two_messages_of_one_author_share_one_ban_which_lasts_as_long_as_one_of_them_does(
    sqlite_engine: Engine,
) -> None:
    model = given.version(sqlite_engine)
    first, second = spam(sqlite_engine, model), spam(sqlite_engine, model, 2)
    for verdict_id in (first, second):
        given.corrected(sqlite_engine, verdict_id, MODERATOR, True)
    performed(sqlite_engine)
    assert given.values(sqlite_engine, SharedBan.verdict_id) == [first, second]
    with reading(sqlite_engine) as session:
        assert shared_bans.counts(session, [first, second]) == {first: 1, second: 1}
    given.corrected(sqlite_engine, first, MODERATOR, False)
    assert elsewhere(sqlite_engine) == [(ActionKind.BAN, ActionState.DONE)]
    given.corrected(sqlite_engine, second, MODERATOR, False)
    assert elsewhere(sqlite_engine) == [
        (ActionKind.BAN, ActionState.CANCELLED),
        (ActionKind.UNBAN, ActionState.PENDING),
    ]


def test_a_ban_that_was_not_made_yet_is_cancelled_without_a_call(sqlite_engine: Engine) -> None:
    verdict_id = spam(sqlite_engine, given.version(sqlite_engine))
    given.corrected(sqlite_engine, verdict_id, MODERATOR, True)
    given.corrected(sqlite_engine, verdict_id, MODERATOR, False)
    assert elsewhere(sqlite_engine) == [(ActionKind.BAN, ActionState.CANCELLED)]


def test_taking_the_decision_back_lifts_the_ban_too(sqlite_engine: Engine) -> None:
    verdict_id = spam(sqlite_engine, given.version(sqlite_engine))
    given.corrected(sqlite_engine, verdict_id, MODERATOR, True)
    performed(sqlite_engine)
    with transaction(sqlite_engine) as session:
        corrections.take_back(session, verdict_id, MODERATOR)
    assert elsewhere(sqlite_engine)[-1] == (ActionKind.UNBAN, ActionState.PENDING)


def test_an_order_there_keeps_its_ban(sqlite_engine: Engine) -> None:
    verdict_id = spam(sqlite_engine, given.version(sqlite_engine))
    given.corrected(sqlite_engine, verdict_id, MODERATOR, True)
    with transaction(sqlite_engine) as session:
        chat_id = chats.on_telegram(session, THERE).id
        session.add(Action(chat_id=chat_id, kind=ActionKind.BAN, user_id=7, until=None))
    performed(sqlite_engine)
    given.corrected(sqlite_engine, verdict_id, MODERATOR, False)
    assert ActionKind.UNBAN not in [kind for kind, _ in elsewhere(sqlite_engine)]


def test_a_pause_there_stops_what_waits_but_not_its_undoing(sqlite_engine: Engine) -> None:
    model = given.version(sqlite_engine)
    first, second = spam(sqlite_engine, model), spam(sqlite_engine, model, 2)
    given.corrected(sqlite_engine, first, MODERATOR, True)
    performed(sqlite_engine)
    given.corrected(sqlite_engine, first, MODERATOR, False)
    given.corrected(sqlite_engine, second, MODERATOR, True)
    with transaction(sqlite_engine) as session:
        requests.stop_waiting(session, chats.on_telegram(session, THERE).id, now())
    assert elsewhere(sqlite_engine) == [
        (ActionKind.BAN, ActionState.CANCELLED),
        (ActionKind.UNBAN, ActionState.PENDING),
        (ActionKind.BAN, ActionState.CANCELLED),
    ]
