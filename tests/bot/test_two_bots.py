"""Two bots that overlap: each update has its effects and its answer once, whichever of them was first."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import Update

from bot.database import Database
from bot.updates import DurableQueue
from storage.models import Base, Mode
from storage.models import Update as Stored
from storage.moderation import receiving
from storage.processes import updates
from storage.processes.updates import AlreadyHandled
from storage.session import transaction
from tests.bot.given_updates import said
from tests.bot.member_stories import ROSE, group_with
from tests.bot.queued import BOT, put, unhandled
from tests.bot.stories import ANN, GROUP
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given

SEEN = ("getChatMember", "getChatAdministrators", "getMe", "getChat")  # calls that change nothing


def receive(session: Session) -> int:
    return receiving.receive(session, given.incoming())


def test_what_another_bot_handled_is_not_stored_again(engine: Engine, database: Database, queue: DurableQueue) -> None:
    put(queue, said(1))
    asyncio.run(database.settle(said(1), receive))

    def again(session: Session) -> int:
        return receiving.receive(session, given.incoming("something else", 6))

    for repeat in (database.settle, database.take_step):
        with pytest.raises(AlreadyHandled):
            asyncio.run(repeat(said(1), again))
    with pytest.raises(AlreadyHandled):
        asyncio.run(database.mark_handled(said(1)))
    assert count(engine, "messages") == 1


def test_of_two_bots_that_handle_an_update_at_once_one_stores_it(
    engine: Engine, database: Database, queue: DurableQueue
) -> None:
    put(queue, said(1))
    has_begun, others_turn = threading.Event(), 0.3

    def slowly(session: Session) -> int:
        has_begun.set()
        threading.Event().wait(others_turn)
        return receive(session)

    async def second() -> int:
        await asyncio.to_thread(has_begun.wait, 10)
        return await Database(engine, BOT).settle(said(1), receive)

    async def both() -> list[int | BaseException]:
        return await asyncio.gather(database.settle(said(1), slowly), second(), return_exceptions=True)

    first, other = asyncio.run(both())
    assert isinstance(first, int)
    assert isinstance(other, AlreadyHandled)
    assert count(engine, "messages") == 1


def test_where_the_first_bot_fails_the_second_handles_it(
    engine: Engine, database: Database, queue: DurableQueue
) -> None:
    def fail(session: Session) -> int:
        receive(session)
        raise RuntimeError("it broke")

    put(queue, said(1))
    with pytest.raises(RuntimeError):
        asyncio.run(database.settle(said(1), fail))
    asyncio.run(Database(engine, BOT).settle(said(1), receive))
    assert (count(engine, "messages"), unhandled(engine)) == (1, [])


def test_a_step_leaves_the_update_to_be_settled(engine: Engine, database: Database, queue: DurableQueue) -> None:
    put(queue, said(1))
    asyncio.run(database.take_step(said(1), receive))
    assert (count(engine, "messages"), unhandled(engine)) == (1, [1])


def test_the_failure_of_the_second_bot_is_not_noted_on_what_the_first_handled(
    engine: Engine, queue: DurableQueue
) -> None:
    put(queue, said(1))
    with transaction(engine) as session:
        updates.handled(session, BOT, 1)
        updates.failed(session, BOT, 1, "Telegram is away")
    assert (given.values(engine, Stored.error), given.values(engine, Stored.attempts)) == ([None], [0])


def state(world: World) -> tuple[dict[str, int], int]:
    """How many rows each table has, and how often Telegram was told something."""
    rows = {name: count(world.engine, name) for name in Base.metadata.tables}
    return rows, sum(method not in SEEN for method, _ in world.telegram.calls)


def handled_again(world: World) -> None:
    """A second bot handles the last update, which it had in memory before the first handled it."""
    with world.telegram.world() as told:
        payload = told[-1]

    async def handle() -> None:
        await world.bot.process_update(Update.de_json(payload, world.bot.bot))

    world.run(handle())


COMMANDS: tuple[tuple[str, bool], ...] = (
    ("/warn", True),
    ("/ban", True),
    ("/trust", True),
    ("/trust 70001", False),
    ("/ban 70001", False),
    ("/mute @rose_k 1h", False),
    ("/unban 70001", False),
    ("/pause", False),
    ("/settings", False),
    ("/help", False),
    ("hello again", False),
)


@pytest.mark.stories
@pytest.mark.parametrize(("text", "is_reply"), COMMANDS, ids=[f"{text}, {reply}" for text, reply in COMMANDS])
def test_a_word_has_its_effect_and_its_answer_once(world: World, text: str, is_reply: bool) -> None:
    message_id = group_with(world)
    if is_reply:
        world.telegram.reply(GROUP, ANN, message_id, text)
    else:
        world.telegram.say(GROUP, ANN, text)
    world.settle()
    before = state(world)
    handled_again(world)
    assert state(world) == before
    assert not world.failed_actions()


@pytest.mark.stories
def test_a_late_second_ban_does_not_undo_the_ham_after_it(world: World) -> None:
    message_id = group_with(world, Mode.TRAINING)
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    with world.telegram.world() as told:
        ban = told[-1]
    world.settle()
    world.telegram.say(GROUP, ANN, "/unban 70001")
    world.settle()
    assert world.telegram.status(GROUP, ROSE) != "kicked"

    async def late() -> None:
        await world.bot.process_update(Update.de_json(ban, world.bot.bot))

    world.run(late())
    world.settle()
    assert world.telegram.status(GROUP, ROSE) != "kicked"
