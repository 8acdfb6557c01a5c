"""Moderators' commands in reply to a message: carried out at once if it has a verdict, else when it gets one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import rules
from storage.access import chats, moves
from storage.arrays import among
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
from storage.moderation import albums, copied, corrections, person_orders, pictures, posted_again, reports, warnings
from storage.moderation.corrections import Decision
from storage.moderation.person_orders import Sanctioning
from storage.moderation.requested_actions import consequences, requests, terms
from storage.moderation.verdicts import newest_verdict
from storage.rules import Term

LABELS = {OrderKind.SPAM: True, OrderKind.HAM: False}


@dataclass(frozen=True)
class Command:
    """A moderator's command about a message (its row)."""

    message_row: int
    kind: OrderKind
    actor: str
    actor_name: str
    term: Term | None = None  # of a ban or mute, where the moderator named one


def give(session: Session, command: Command, verdict_id: int | None = None) -> int | None:
    """Carry the command out, or keep it until the message is judged. Returns the verdict it was carried out on, if any.

    A command about one part of an album is about all of it. `verdict_id` names the verdict of the notice that was
    answered, whose text is meant; otherwise the current text is.
    """
    message = albums.worded(session, session.get_one(Message, command.message_row))
    order = Order(message_id=message.id, kind=command.kind, actor=command.actor, actor_name=command.actor_name)
    order.lasts = None if command.term is None else command.term.seconds or 0
    session.add(order)
    session.flush()
    verdict_id = verdict_id or newest_verdict(session, message)
    if verdict_id is not None:
        _carry_out(session, order, verdict_id)
    elif message.state == MessageState.HISTORY:
        message.state = MessageState.PENDING  # the order waits for the verdict
    elif message.state != MessageState.PENDING:
        _carry_out_without_verdict(session, order, message)
    return verdict_id


def can_be_undone(session: Session, chat_external_id: int, message_id: int) -> bool:
    """Whether a message was flagged, reported, decided or acted on, so that there is something to undo."""
    present = moves.present(session, chat_external_id)
    chat = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=present)).one_or_none()
    if chat is None:
        return False
    number = chats.number_in(chat, chat_external_id, message_id)
    named = session.scalars(select(Message).filter_by(chat_id=chat.id, message_id=number)).first()
    return named is not None and _is_in_question(session, albums.worded(session, named))


def _is_in_question(session: Session, message: Message) -> bool:
    verdicts = select(Verdict.id).where(Verdict.message_id == message.id, ~Verdict.is_shadow)
    acted_on = select(Action.id).where(Action.verdict_id == Verdict.id).exists()
    corrected = select(Correction.id).where(Correction.verdict_id == Verdict.id).exists()
    in_question = verdicts.where(Verdict.is_spam | acted_on | corrected).limit(1)
    return session.scalars(in_question).first() is not None or reports.count(session, message.id) > 0


def carry_out_waiting(session: Session, by_message: Mapping[int, int]) -> list[int]:
    """Carry out the commands that waited for these verdicts, by their messages' rows. Returns the verdicts concerned."""
    verdict_ids = []
    for order in _waiting(session, by_message):
        verdict_id = by_message[order.message_id]
        _carry_out(session, order, verdict_id)
        verdict_ids.append(verdict_id)
    return verdict_ids


def learn(session: Session, belated: Sequence[tuple[int, Order]]) -> list[int]:
    """Store as corrections the orders that were carried out before the verdict. Returns the verdicts concerned."""
    labelled = [(verdict_id, order) for verdict_id, order in belated if order.kind in LABELS]
    for verdict_id, order in labelled:
        _teach(session, order, verdict_id)
    return [verdict_id for verdict_id, _ in labelled]


def place_before(session: Session, message: Message, edited_at: datetime) -> None:
    """What was ordered about the message so far was said before this edit, though it may have been heard after it."""
    stored_later = (Order.message_id == message.id) & (Order.created_at >= edited_at)
    session.execute(update(Order).where(stored_later).values(created_at=edited_at - timedelta(seconds=1)))


def carry_out_unjudged(session: Session, message_rows: Collection[int]) -> None:
    """Carry out commands that waited for verdicts that will not come: nothing is learned, the rest is done."""
    for order in _waiting(session, message_rows):
        _carry_out_without_verdict(session, order, session.get_one(Message, order.message_id))


def _waiting(session: Session, message_rows: Collection[int]) -> list[Order]:
    if not message_rows:
        return []
    waiting = select(Order).where(among(Order.message_id, message_rows), Order.done_at.is_(None))
    return list(session.scalars(waiting.order_by(Order.id)))


def _carry_out(session: Session, order: Order, verdict_id: int) -> None:
    order.done_at = now()
    _teach(session, order, verdict_id)
    consequences.for_order(session, order, verdict_id)


def _teach(session: Session, order: Order, verdict_id: int) -> None:
    """Store the order as a correction, if it says whether the message is spam."""
    is_spam = LABELS.get(order.kind)
    if is_spam and copied.is_of_another(session, verdict_id):
        consequences.for_copy(session, verdict_id)
    elif is_spam is not None:
        corrections.correct(session, Decision(verdict_id, order.actor, order.actor_name, is_spam))


def _carry_out_without_verdict(session: Session, order: Order, message: Message) -> None:
    """Act on a picture alone, or on a text that could not be judged: nothing is learned, the rest is done.

    The actions bear the order's moment, by which a verdict that comes after all finds them (`belated`).
    """
    chat = session.get_one(Chat, message.chat_id)
    if chat.platform != Platform.TELEGRAM:
        return  # an imported sample is only learned from, once it is judged
    order.done_at = now()
    _know_picture(session, order, chat, message)
    kinds = person_orders.kinds(chat, order.kind)
    if not kinds:
        requests.announce(session, chat.id, rules.NOTHING_TO_DO)
    for kind in kinds:
        if kind == ActionKind.DELETE:
            for part in albums.together(session, message):
                requests.ask_in_chat(session, chat.id, kind, message_id=part.message_id, created_at=order.done_at)
            posted_again.take_back_about(session, albums.together(session, message))
        elif message.author_id is not None:
            term = terms.of_order(order)
            person_orders.sanction(session, chat, Sanctioning(kind, message.author_id, term, order.done_at))
    step = warnings.step_of(session, order)
    if step is not None and message.author_id is not None:
        person_orders.sanction(session, chat, Sanctioning(step.kind, message.author_id, step.term, order.done_at))


def _know_picture(session: Session, order: Order, chat: Chat, message: Message) -> None:
    """Of a picture without words nothing is learned; it can be known again."""
    if order.kind in LABELS:
        pictures.note_decision(session, chat, message)
