"""What moderators say of a message by a reply: carried out at once where it has a verdict, else when it gets one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import rules
from storage.models import (
    Action,
    ActionKind,
    Chat,
    Correction,
    Message,
    MessageState,
    Order,
    OrderKind,
    Platform,
    Verdict,
    now,
)
from storage.queries import albums, asking, chats, copied, corrections, moves, reports
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


def give(session: Session, command: Command, verdict_id: int | None = None) -> int | None:
    """Carry the command out, or keep it until the message is judged. Returns the verdict it was carried out on, if any.

    Said of one part of an album it is said of all. `verdict_id` is what a notice shows, whose words are meant then;
    else those that stand are.
    """
    message = albums.worded(session, session.get_one(Message, command.message_row))
    order = Order(message_id=message.id, kind=command.kind, actor=command.actor, actor_name=command.actor_name)
    session.add(order)
    session.flush()
    verdict_id = verdict_id or newest_verdict(session, message)
    if verdict_id is not None:
        _carry_out(session, order, verdict_id)
    elif message.state == MessageState.HISTORY:
        message.state = MessageState.PENDING  # nothing was said of it so far; the order waits for the verdict
    elif message.state != MessageState.PENDING:
        _carry_out_without_verdict(session, order, message)
    return verdict_id


def can_be_undone(session: Session, chat_external_id: int, message_id: int) -> bool:
    """Whether a message was flagged, reported, decided or acted on, so that there is something to take back."""
    present = moves.present(session, chat_external_id)
    chat = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=present)).one_or_none()
    if chat is None:
        return False
    number = chats.number_in(chat, chat_external_id, message_id)
    found = session.scalars(select(Message).filter_by(chat_id=chat.id, message_id=number)).first()
    if found is None:
        return False
    message = albums.worded(session, found)
    said = select(Verdict.id).where(Verdict.message_id == message.id, ~Verdict.is_shadow)
    acted = select(Action.id).where(Action.verdict_id == Verdict.id).exists()
    decided = select(Correction.id).where(Correction.verdict_id == Verdict.id).exists()
    asked = session.scalars(said.where(Verdict.is_spam | acted | decided).limit(1)).first()
    return asked is not None or reports.count(session, message.id) > 0


def carry_out_waiting(session: Session, verdicts: Sequence[Verdict]) -> list[int]:
    """Commands that waited for these verdicts. Returns the verdicts that ask for actions because of them."""
    by_message = {verdict.message_id: verdict.id for verdict in verdicts}
    carried = []
    for order in _waiting(session, list(by_message)):
        verdict_id = by_message[order.message_id]
        _carry_out(session, order, verdict_id)
        carried.append(verdict_id)
    return carried


def learn(session: Session, belated: Sequence[tuple[int, Order]]) -> list[int]:
    """What orders that were carried out before there was a verdict say of it. Returns the verdicts that are decided so."""
    said = [(verdict_id, order) for verdict_id, order in belated if order.kind in LABELS]
    for verdict_id, order in said:
        _teach(session, order, verdict_id)
    return [verdict_id for verdict_id, _ in said]


def place_before(session: Session, message: Message, edited_at: datetime) -> None:
    """What was ordered about the message so far was said before this edit, though it may have been heard after it."""
    heard_later = (Order.message_id == message.id) & (Order.created_at >= edited_at)
    session.execute(update(Order).where(heard_later).values(created_at=edited_at - timedelta(seconds=1)))


def carry_out_unjudged(session: Session, messages: Sequence[Message]) -> None:
    """Commands that waited for verdicts on these messages, which will not come: nothing is learned, the rest is done."""
    by_row = {message.id: message for message in messages}
    for order in _waiting(session, list(by_row)):
        _carry_out_without_verdict(session, order, by_row[order.message_id])


def _waiting(session: Session, message_rows: list[int]) -> list[Order]:
    if not message_rows:
        return []
    waiting = select(Order).where(Order.message_id.in_(message_rows), Order.done_at.is_(None))
    return list(session.scalars(waiting.order_by(Order.id)))


def _carry_out(session: Session, order: Order, verdict_id: int) -> None:
    order.done_at = now()
    _teach(session, order, verdict_id)
    asking.for_order(session, order, verdict_id)


def _teach(session: Session, order: Order, verdict_id: int) -> None:
    is_spam = LABELS.get(order.kind)
    if is_spam and copied.is_of_another(session, verdict_id):
        asking.for_copy(session, verdict_id)
    elif is_spam is not None:
        corrections.correct(session, Decision(verdict_id, order.actor, order.actor_name, is_spam))


def _carry_out_without_verdict(session: Session, order: Order, message: Message) -> None:
    """A picture alone, say, or a text that no worker could judge: nothing is learned, the rest is done.

    What is asked for bears the order's moment, by which a verdict that comes after all knows it (`belated`).
    """
    chat = session.get_one(Chat, message.chat_id)
    if chat.platform != Platform.TELEGRAM:
        return  # an imported sample: it only teaches, once it is judged after all
    order.done_at = now()
    asked = _asked_for(chat, order.kind)
    if not asked:
        asking.announce(session, chat.id, rules.NOTHING_TO_DO)
    for kind in asked:
        if kind == ActionKind.DELETE:
            for part in albums.together(session, message):
                asking.errand(session, chat.id, kind, message_id=part.message_id, created_at=order.done_at)
        elif message.author_id is not None:
            _sanction(session, chat, kind, message.author_id, order.kind, order.done_at)


def about_people(session: Session, chat: Chat, message_id: int, people: Sequence[int], kind: OrderKind) -> None:
    """A command said of the service message that tells of people who came or left: it goes, and they are banned."""
    for asked in _asked_for(chat, kind) or _asked_for(chat, OrderKind.BAN):
        if asked == ActionKind.DELETE:
            asking.errand(session, chat.id, asked, message_id=message_id)
            continue
        for person in people:
            _sanction(session, chat, asked, person, kind, now())


def _asked_for(chat: Chat, kind: OrderKind) -> tuple[ActionKind, ...]:
    return rules.for_spam(chat.mode) if kind == OrderKind.SPAM else rules.for_order(kind)


def _sanction(session: Session, chat: Chat, kind: ActionKind, person: int, order: OrderKind, at: datetime) -> None:
    until = None if order == OrderKind.BAN_FOR_GOOD else at + rules.BAN_LASTS
    asking.errand(session, chat.id, kind, user_id=person, until=until, created_at=at)
