"""Appeals and pardons of people banned by an order without a verdict, as for a picture or a join; and the lifting of all."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from storage.access import audit
from storage.models import Action, ActionKind, ActionState
from storage.moderation import belated, sanctions, sanctions_in_force
from storage.moderation.requested_actions import requests
from storage.rules import UNDOES
from storage.sanctions import Reason


def ask(session: Session, user_id: int, text: str) -> bool | None:
    """Pass this person's appeal to the moderators. None where no such sanction stands, False the second time."""
    sanction = session.scalars(_by_order(user_id).order_by(Action.id.desc()).limit(1)).first()
    if sanction is None or sanction.chat_id is None:
        return None
    appeals = select(Action.id).filter_by(kind=ActionKind.APPEAL, chat_id=sanction.chat_id, user_id=user_id)
    if session.scalars(appeals.where(Action.id > sanction.id).limit(1)).first() is not None:
        return False
    requests.ask_in_chat(session, sanction.chat_id, ActionKind.APPEAL, user_id=user_id, text=text)
    return True


def grant(session: Session, chat_id: int, user_id: int) -> int:
    """Lift the sanctions that orders without a verdict imposed on this person in the chat, unless a verdict keeps them.

    Returns how many kinds of sanctions are lifted.
    """
    statements = (_by_order(user_id).where(Action.chat_id == chat_id), belated.adopted(chat_id, user_id))
    is_done = Action.state == ActionState.DONE
    pardoned = [sanction for statement in statements for sanction in session.scalars(statement.where(is_done))]
    for sanction in pardoned:
        sanction.state = ActionState.CANCELLED
    session.flush()
    kinds = {sanction.kind for sanction in pardoned}
    lifted = {kind for kind in kinds if not sanctions_in_force.stands(session, chat_id, user_id, kind)}
    for kind in lifted:
        requests.ask_in_chat(session, chat_id, UNDOES[kind], user_id=user_id)
    for kind in kinds - lifted:
        sanctions.impose_again(session, chat_id, user_id, kind)
    return len(lifted)


def lift_all(session: Session, chat_id: int, user_id: int, by: str) -> int:
    """Lift every sanction of hamlet's on this person in the chat, whatever asked for it; what was done by hand stays.

    Returns how many sanctions were asked for and are no longer.
    """
    sanctions_there = list(session.scalars(_standing(chat_id, user_id)))
    for sanction in sanctions_there:
        _lift(session, chat_id, user_id, sanction)
    if sanctions_there:
        audit.note(session, by, "lift", audit.about_member(user_id), chat_id)
    return len(sanctions_there)


def _standing(chat_id: int, user_id: int) -> Select[Action]:
    """Sanctions on this person in the chat that are in force, wait, or wait for the person to come back."""
    in_force = [sanctions_in_force.in_force(chat_id, user_id, kind).with_only_columns(Action.id) for kind in UNDOES]
    waits = (Action.state == ActionState.FAILED) & (Action.error == Reason.LEFT)
    is_meant = or_(waits, *(Action.id.in_(rows.order_by(None)) for rows in in_force))
    return sanctions_in_force.sanctions_on([chat_id], [user_id]).where(is_meant)


def _lift(session: Session, chat_id: int, user_id: int, sanction: Action) -> None:
    was_made = sanction.state != ActionState.FAILED and (
        sanction.receipt is not None or sanction.lease_until is not None
    )
    if was_made and sanction.verdict_id is not None:
        requests.ask(session, sanction.verdict_id, UNDOES[sanction.kind])  # its notice says that it is undone
        return
    sanction.state = ActionState.CANCELLED
    session.flush()
    if was_made:
        requests.ask_in_chat(session, chat_id, UNDOES[sanction.kind], user_id=user_id)


def _by_order(user_id: int) -> Select[Action]:
    """Sanctions on this person, in any chat, that an order imposed and no verdict has adopted."""
    by_order = select(Action).where(Action.verdict_id.is_(None), Action.user_id == user_id)
    is_made = (Action.state == ActionState.DONE) | ((Action.state == ActionState.PENDING) & Action.receipt.is_not(None))
    return by_order.where(Action.kind.in_(UNDOES), is_made)
