"""Those whom an order banned for what has no verdict, a picture or a join: heard once, and pardoned by a press."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState
from storage.queries import asking, belated, sanctions
from storage.rules import UNDOES


def ask(session: Session, user_id: int, text: str) -> bool | None:
    """Have the moderators hear this person. None where no such sanction stands, False the second time."""
    standing = session.scalars(_standing(user_id).order_by(Action.id.desc()).limit(1)).first()
    if standing is None or standing.chat_id is None:
        return None
    heard = select(Action.id).filter_by(kind=ActionKind.APPEAL, chat_id=standing.chat_id, user_id=user_id)
    if session.scalars(heard.where(Action.id > standing.id).limit(1)).first() is not None:
        return False
    asking.errand(session, standing.chat_id, ActionKind.APPEAL, user_id=user_id, text=text)
    return True


def grant(session: Session, chat_id: int, user_id: int) -> int:
    """Take back what orders without a verdict did to this person in the chat, but for what verdicts keep up.

    Returns how many sanctions are lifted.
    """
    by_order = (_standing(user_id).where(Action.chat_id == chat_id), belated.adopted(chat_id, user_id))
    pardoned = [one for found in by_order for one in session.scalars(found.where(Action.state == ActionState.DONE))]
    for sanction in pardoned:
        sanction.state = ActionState.CANCELLED
    session.flush()
    kinds = {sanction.kind for sanction in pardoned}
    lifted = {kind for kind in kinds if not sanctions.stands(session, chat_id, user_id, kind)}
    for kind in lifted:
        asking.errand(session, chat_id, UNDOES[kind], user_id=user_id)
    for kind in kinds - lifted:
        sanctions.make_again(session, chat_id, user_id, kind)
    return len(lifted)


def _standing(user_id: int) -> Select[Action]:
    by_order = select(Action).where(Action.verdict_id.is_(None), Action.user_id == user_id)
    is_made = (Action.state == ActionState.DONE) | ((Action.state == ActionState.PENDING) & Action.receipt.is_not(None))
    return by_order.where(Action.kind.in_(UNDOES), is_made)
