"""What is asked for of the actions process when a message is flagged, decided or ordered about."""

from __future__ import annotations

from sqlalchemy import Engine, select

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Mode,
    ModelVersion,
    OrderKind,
)
from storage.moderation import orders
from storage.moderation.orders import Command
from storage.moderation.requested_actions import queue
from storage.session import reading, transaction
from tests.storage import given

NOTIFY, AMEND, DELETE = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE
BAN, UNBAN, RESTRICT, LIFT = ActionKind.BAN, ActionKind.UNBAN, ActionKind.RESTRICT, ActionKind.LIFT
PENDING, DONE, CANCELLED = ActionState.PENDING, ActionState.DONE, ActionState.CANCELLED
ANN, BOB = "telegram:1", "telegram:2"
SURE, UNSURE = 0.95, 0.7


def flagged(engine: Engine, model: ModelVersion, mode: Mode, score: float = SURE, message_id: int = 1) -> int:
    """The verdict on a message in a chat of that mode."""
    given.received(engine, given.incoming(message_id=message_id))
    given.mode(engine, mode)
    return given.verdict(engine, model, given.incoming(message_id=message_id), score)


def kinds(engine: Engine, state: ActionState = PENDING) -> set[ActionKind]:
    with reading(engine) as session:
        return set(session.scalars(select(Action.kind).where(Action.state == state)))


def perform(engine: Engine) -> None:
    """Everything that waits is done."""
    for _ in ("moderation", "notices"):
        with transaction(engine) as session:
            for task in queue.claim(session, None, 50, 30):
                queue.done(session, task, {"chat_id": 1, "message_id": 2})


def command(engine: Engine, message_row: int, kind: OrderKind, actor: str = ANN) -> int | None:
    with transaction(engine) as session:
        return orders.give(session, Command(message_row, kind, actor, actor))
