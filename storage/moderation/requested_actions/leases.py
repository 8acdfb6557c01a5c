"""The lease of a claimed action: renewed before its call, and given back with what came of it.

Telegram cannot be asked whether a message was posted. So a post counts as unanswered from before its call until its answer
is stored, whether the answer is late, the database away or the process killed; and after MAX_UNANSWERED it is not made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from storage.models import Action, ActionState, now
from storage.moderation.requested_actions.calls import RequestedAction, may_post

MAX_UNANSWERED = 2


def begin(session: Session, task: RequestedAction, seconds: float) -> bool:
    """Keep the action for its call. Returns whether the call may be made: no other process has taken it, nobody ended it."""
    unanswered = task.unanswered + may_post(task)
    own = _own(task).where(Action.state == ActionState.PENDING)
    renewed = own.values(lease_until=now() + timedelta(seconds=seconds), unanswered=unanswered)
    return session.scalars(renewed.returning(Action.id)).first() is not None


def end(session: Session, task: RequestedAction, values: dict[str, Any]) -> None:
    """Give the lease back with these values, if this process still holds it; by default the call posted nothing."""
    posted_nothing = {"unanswered": task.unanswered, "lease_holder": None, "lease_until": None}
    session.execute(_own(task).values(**posted_nothing | values))


def give_back(session: Session, tasks: Sequence[RequestedAction]) -> None:
    """Let these be claimed again at once, as if they had not been."""
    for task in tasks:
        end(session, task, {"attempts": Action.attempts - 1})


def _own(task: RequestedAction) -> Update:
    return update(Action).where(Action.id == task.action_id, Action.lease_holder == task.holder)
