"""What moderators say of a message by a reply: carried out at once where it has a verdict, else when it gets one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import rules
from storage.models import ActionKind, Message, MessageState, Order, OrderKind, Verdict, now
from storage.queries import asking, corrections
from storage.queries.corrections import Decision
from storage.queries.judged import newest_verdict

LABELS = {OrderKind.SPAM: True, OrderKind.HAM: False}


@dataclass(frozen=True)
class Command:
    """Who says what of which message (its row)."""

    message_row: int
    kind: OrderKind
    actor: str
    actor_name: str


def give(session: Session, command: Command) -> int | None:
    """Carry the command out, or keep it until the message is judged. Returns the verdict it was carried out on, if any."""
    order = Order(message_id=command.message_row, kind=command.kind, actor=command.actor, actor_name=command.actor_name)
    session.add(order)
    session.flush()
    message = session.get_one(Message, command.message_row)
    verdict_id = newest_verdict(session, message)
    if verdict_id is not None:
        _carry_out(session, order, verdict_id)
    elif message.state == MessageState.HISTORY:
        message.state = MessageState.PENDING  # nothing was said of it so far; the order waits for the verdict
    elif message.state != MessageState.PENDING:
        _carry_out_without_verdict(session, order, message)
    return verdict_id


def carry_out_waiting(session: Session, verdicts: Sequence[Verdict]) -> list[int]:
    """Commands that waited for these verdicts. Returns the verdicts that ask for actions because of them."""
    by_message = {verdict.message_id: verdict.id for verdict in verdicts}
    waiting = select(Order).where(Order.message_id.in_(by_message), Order.done_at.is_(None)).order_by(Order.id)
    carried = []
    for order in session.scalars(waiting):
        verdict_id = by_message[order.message_id]
        _carry_out(session, order, verdict_id)
        carried.append(verdict_id)
    return carried


def _carry_out(session: Session, order: Order, verdict_id: int) -> None:
    order.done_at = now()
    is_spam = LABELS.get(order.kind)
    if is_spam is not None:
        corrections.correct(session, Decision(verdict_id, order.actor, order.actor_name, is_spam))
    asking.for_order(session, order, verdict_id)


def _carry_out_without_verdict(session: Session, order: Order, message: Message) -> None:
    """A picture alone, say: nothing is learned, the rest is done."""
    order.done_at = now()
    if order.kind == OrderKind.HAM:
        return
    asking.errand(session, message.chat_id, ActionKind.DELETE, message_id=message.message_id)
    if order.kind != OrderKind.WARN and message.author_id is not None:
        until = None if order.kind == OrderKind.BAN_FOR_GOOD else now() + rules.BAN_LASTS
        asking.errand(session, message.chat_id, ActionKind.BAN, user_id=message.author_id, until=until)
