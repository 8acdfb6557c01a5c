"""How long a sanction is asked for: as the moderator said, or as the chat chose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Chat, Message, Order, OrderKind, Verdict, now
from storage.rules import FOR_GOOD, UNDOES, Term


def of_chat(chat: Chat) -> Term:
    """What the chat chose."""
    return Term.of_days(chat.chosen.ban_days)


def of_verdict(session: Session, verdict_id: int) -> Term:
    """What the chat of a judged message chose."""
    chats = select(Chat).join(Message, Message.chat_id == Chat.id).join(Verdict, Verdict.message_id == Message.id)
    return of_chat(session.scalars(chats.where(Verdict.id == verdict_id)).one())


def of_order(order: Order) -> Term | None:
    """What the moderator said, if anything."""
    return FOR_GOOD if order.kind == OrderKind.BAN_FOR_GOOD else Term.of_seconds(order.lasts)


def columns(kind: ActionKind, term: Term, moment: datetime) -> dict[str, Any]:
    """`until` and `lasts` of an action that is asked for at that moment; calls other than sanctions have no end."""
    return {"until": term.end(moment), "lasts": term.seconds} if kind in UNDOES else {"until": None, "lasts": None}


def earlier_and_longer(session: Session, verdict_id: int, kind: ActionKind, until: datetime | None) -> dict[str, Any]:
    """`until` and `lasts` of a sanction that stands and ends later: later requests do not shorten it. Empty without one."""
    action = _made(session, verdict_id, kind)
    if kind not in UNDOES or action is None or action.state == ActionState.CANCELLED or until is None:
        return {}
    if action.until is None or action.until > until:
        return {"until": action.until, "lasts": action.lasts}
    return {}


def asks_for_more(session: Session, verdict_id: int, kind: ActionKind, named: Term | None) -> bool:
    """Whether a sanction that was asked for before is over by now, or shorter than this one.

    A length that a moderator names counts from now; the chat's own does not make the same sanction longer each time.
    """
    action = _made(session, verdict_id, kind)
    if kind not in UNDOES or action is None or action.until is None:
        return False
    if action.until <= now():
        return True
    if named is not None:
        end = named.end(now())
        return end is None or end > action.until
    seconds = of_verdict(session, verdict_id).seconds
    return action.lasts is not None and (seconds is None or seconds > action.lasts)


def _made(session: Session, verdict_id: int, kind: ActionKind) -> Action | None:
    return session.scalars(select(Action).filter_by(verdict_id=verdict_id, kind=kind)).one_or_none()
