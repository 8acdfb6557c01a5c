"""What the actions process does at each bell, and what is stored of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from actions.carrying_out import carry_out
from actions.context import Context
from storage.models import Action, ActionKind, ActionState, now
from storage.moderation.requested_actions import queue
from storage.moderation.requested_actions.calls import VerdictAction
from storage.session import reading, transaction

GROUP, MODERATORS, OWN_MODERATORS = -100123, -100777, -100888
NOTIFY, AMEND, DELETE, BAN = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE, ActionKind.BAN
PENDING, DONE, FAILED = ActionState.PENDING, ActionState.DONE, ActionState.FAILED


def perform(context: Context) -> list[VerdictAction]:
    """What the process does at each bell."""
    done: list[VerdictAction] = []
    for _ in ("moderation", "notices"):
        with transaction(context.engine) as session:
            tasks = queue.claim(session, None, 10, 30)
        for task in tasks:
            assert context.bot is not None
            carry_out(context, context.bot, task)
        done += tasks
    return done


def row(engine: Engine, kind: ActionKind = NOTIFY) -> Action:
    with reading(engine) as session:
        return session.scalars(select(Action).where(Action.kind == kind)).one()


def waits_seconds(action: Action) -> float:
    return (action.not_before - now()) / timedelta(seconds=1)
