"""Albums of which one part is held: every part is taken out with it, those that arrive later too."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Hold, HoldState, Message, MessageState
from storage.moderation import albums
from storage.moderation.policies.holds import REPORTS
from storage.moderation.requested_actions import requests

JUDGED = (MessageState.HAM, MessageState.NOTHING_TO_JUDGE)


def take_out(session: Session, message: Message, reason: str) -> None:
    """Delete a message that has its hold, and hold and delete the other parts of its album."""
    message.state = MessageState.HELD
    for part in albums.together(session, message):
        if part.id == message.id or add(session, part, reason):
            _delete(session, part)


def add(session: Session, part: Message, reason: str) -> bool:
    """Hold a part of an album, unless it is held or was decided about. Returns whether that is new."""
    earlier = session.get(Hold, part.id)
    if earlier is not None and (earlier.reason == REPORTS or earlier.state != HoldState.SHOWN):
        return False
    if earlier is None:
        session.add(Hold(message_id=part.id, reason=reason, state=HoldState.HELD))
    else:
        earlier.reason, earlier.state = reason, HoldState.HELD
    session.flush()  # the hold is older than its deletion
    stay_out(session, part)
    return True


def _delete(session: Session, part: Message) -> None:
    """Ask for the deletion, unless it waits already."""
    waiting = select(Action.id).filter_by(chat_id=part.chat_id, message_id=part.message_id)
    waiting = waiting.filter_by(kind=ActionKind.DELETE, state=ActionState.PENDING)
    if session.scalars(waiting.limit(1)).first() is None:
        about = {"message_id": part.message_id, "is_automatic": True}
        requests.ask_in_chat(session, part.chat_id, ActionKind.DELETE, **about)


def stay_out(session: Session, part: Message) -> None:
    """A part of an album that was judged while it is held counts as held, not as clean."""
    if part.album_id is None or part.state not in JUDGED:
        return
    hold = session.get(Hold, part.id)
    if hold is not None and hold.reason != REPORTS and hold.state == HoldState.HELD:
        part.state = MessageState.HELD


def deciding(session: Session, message: Message) -> Hold | None:
    """The hold that a later part of this message's album follows: one that is open, or else the newest."""
    holds = select(Hold).join(Message, Message.id == Hold.message_id)
    holds = holds.where(Message.chat_id == message.chat_id, Message.album_id == message.album_id)
    holds = holds.where(Hold.reason != REPORTS)
    return session.scalars(holds.order_by(Hold.state != HoldState.HELD, Hold.created_at.desc()).limit(1)).first()
