"""Verdicts that come after an order was carried out without one: they adopt what was done, and it is learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from storage.arrays import among
from storage.models import Action, ActionKind, ActionState, Correction, Message, Order, Verdict
from storage.moderation.sanctions_in_force import SANCTIONS


def adopt(session: Session, verdict_ids: Sequence[int]) -> list[tuple[int, Order]]:
    """Attach to these verdicts what orders did without one, so that it is not done twice and can be undone with them.

    Returns the orders that stand, each with its verdict's id; an order whose author was pardoned stands no longer.
    """
    if not verdict_ids:
        return []
    given = defaultdict(list)
    for order, verdict_id in session.execute(_carried_out_before(verdict_ids)):
        given[verdict_id].append(order)
    return [
        (verdict_id, order)
        for verdict_id, orders in given.items()
        if _take_up(session, verdict_id, orders)
        for order in orders
    ]


def _carried_out_before(verdict_ids: Sequence[int]) -> Select[Order, int]:
    """Orders about unchanged texts, with the verdicts, except orders that were carried out on a verdict."""
    corrections = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    corrections = corrections.where(Verdict.message_id == Order.message_id, Correction.actor == Order.actor).correlate(
        Order
    )
    rows = select(Order, Verdict.id).join(Message, Message.id == Order.message_id)
    rows = rows.join(Verdict, Verdict.message_id == Message.id)
    rows = rows.where(among(Verdict.id, verdict_ids), Order.done_at.is_not(None))
    unedited = or_(Message.edited_at.is_(None), Message.edited_at <= Order.created_at)
    return rows.where(unedited, ~corrections.exists()).order_by(Order.id)


def _take_up(session: Session, verdict_id: int, orders: Sequence[Order]) -> bool:
    """Attach the orders' actions to the verdict, the longest of each kind. Returns False if the author was pardoned."""
    verdict = session.get_one(Verdict, verdict_id)
    message = session.get_one(Message, verdict.message_id)
    requested = select(Action).where(Action.created_at.in_([order.done_at for order in orders]), _is_about(message))
    actions = list(session.scalars(requested.order_by(Action.until.is_not(None), Action.until.desc(), Action.id)))
    is_pardoned = any(action.state == ActionState.CANCELLED for action in actions)
    taken: set[ActionKind] = set()
    for action in actions:
        if action.kind in taken:
            action.state = ActionState.CANCELLED
            continue
        taken.add(action.kind)
        action.verdict_id, action.chat_id, action.user_id, action.message_id = verdict_id, None, None, None
    session.flush()
    return not is_pardoned


def _is_about(message: Message) -> ColumnElement[bool]:
    """Whether an action without a verdict deletes this message or sanctions its author."""
    deletes = (Action.kind == ActionKind.DELETE) & (Action.message_id == message.message_id)
    sanctions = Action.kind.in_(SANCTIONS) & (Action.user_id == message.author_id)
    return Action.verdict_id.is_(None) & (Action.chat_id == message.chat_id) & (deletes | sanctions)


def adopted(chat_id: int, user_id: int) -> Select[Action]:
    """The sanctions on this person in the chat that an order imposed and a verdict adopted."""
    by_order = select(Action).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    by_order = by_order.join(Order, (Order.message_id == Message.id) & (Order.done_at == Action.created_at))
    return by_order.where(Message.chat_id == chat_id, Message.author_id == user_id, Action.kind.in_(SANCTIONS))
