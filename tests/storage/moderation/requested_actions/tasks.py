"""The queue of actions as the actions process uses it."""

from __future__ import annotations

from sqlalchemy import Engine, select

from storage.models import Action, ActionKind
from storage.moderation.requested_actions import queue, requests
from storage.moderation.requested_actions.calls import VerdictAction
from storage.session import reading, transaction

NOTIFY, AMEND, DELETE = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE


def claim(engine: Engine, verdict_id: int | None = None, limit: int = 10) -> list[VerdictAction]:
    with transaction(engine) as session:
        return queue.claim(session, verdict_id, limit, 30)


def ask(engine: Engine, verdict_id: int, kind: ActionKind) -> None:
    with transaction(engine) as session:
        requests.ask(session, verdict_id, kind)


def postpone(engine: Engine, task: VerdictAction, seconds: float = 0) -> None:
    with transaction(engine) as session:
        queue.postpone(session, task, "Telegram is away", seconds)


def done(engine: Engine, task: VerdictAction, receipt: dict[str, int] | None = None) -> None:
    with transaction(engine) as session:
        queue.done(session, task, receipt or {})


def row(engine: Engine, kind: ActionKind = NOTIFY) -> Action:
    with reading(engine) as session:
        return session.scalars(select(Action).where(Action.kind == kind)).one()
