"""The members of a chat whom hamlet keeps out or quiet, as its moderators' page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Message, Order
from storage.moderation import sanctions_in_force
from storage.moderation.sanctions_in_force import PERSON_ID
from storage.sanctions import lasts


@dataclass(frozen=True)
class Sanctioned:
    """A sanction in force."""

    user_id: int  # below 0 where a channel wrote
    name: str
    kind: ActionKind
    since: datetime
    until: datetime | None  # None: without an end
    is_imposed: bool  # else it waits to be
    is_automatic: bool
    verdict_id: int | None
    asked_by: str = ""  # the moderator, where no verdict asks for it

    @property
    def is_ban(self) -> bool:
        return self.kind == ActionKind.BAN


def sanctioned(session: Session, chat_id: int, limit: int = 500) -> list[Sanctioned]:
    """Hamlet's sanctions in force in the chat (its row), the newest first.

    Of several of one kind on one person, the one that lasts longest, among the newest `limit`.
    """
    rows = sanctions_in_force.in_force_in(chat_id).order_by(None).order_by(Action.id.desc()).limit(limit)
    sanctions = _longest(session.execute(rows.add_columns(PERSON_ID)).all())
    names = _names(session, chat_id, {user_id for _, user_id in sanctions})
    moderators = _moderators(session, chat_id, [action for action, _ in sanctions])
    return [
        Sanctioned(
            user_id=user_id,
            name=names.get(user_id, ""),
            kind=action.kind,
            since=action.created_at,
            until=action.until,
            is_imposed=action.state == ActionState.DONE,
            is_automatic=action.is_automatic,
            verdict_id=action.verdict_id,
            asked_by=action.text or moderators.get(action.created_at, ""),
        )
        for action, user_id in sanctions
    ]


def _longest(sanctions: Sequence[Row[Action, int]]) -> list[tuple[Action, int]]:
    longest: dict[tuple[int, ActionKind], Action] = {}
    for action, user_id in sanctions:
        other = longest.setdefault((user_id, action.kind), action)
        if other is not action and not lasts(other.until, action.until):
            longest[user_id, action.kind] = action
    return [(action, user_id) for (user_id, _), action in longest.items()]


def count(session: Session, chat_id: int) -> int:
    """How many bans and mutes of different people are in force in the chat."""
    rows = sanctions_in_force.in_force_in(chat_id).order_by(None).with_only_columns(PERSON_ID, Action.kind).distinct()
    return session.scalars(select(func.count()).select_from(rows.subquery())).one()


def _names(session: Session, chat_id: int, user_ids: set[int]) -> dict[int, str]:
    """The names under which these people wrote last in the chat."""
    newest = select(func.max(Message.id)).where(Message.chat_id == chat_id, Message.author_id.in_(user_ids))
    rows = select(Message.author_id, Message.author_name).where(Message.id.in_(newest.group_by(Message.author_id)))
    return {user_id: name for user_id, name in session.execute(rows) if user_id is not None}


def _moderators(session: Session, chat_id: int, actions: list[Action]) -> dict[datetime, str]:
    """Who gave the orders that sanctions without a verdict come from, by the moment that both bear."""
    moments = {action.created_at for action in actions if action.verdict_id is None}
    orders = select(Order.done_at, Order.actor_name).join(Message, Message.id == Order.message_id)
    orders = orders.where(Message.chat_id == chat_id, Order.done_at.in_(moments))
    return {done_at: name for done_at, name in session.execute(orders) if done_at is not None}
