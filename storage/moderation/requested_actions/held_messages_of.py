"""Reads the held messages that requested calls are about."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import picture_words
from storage.models import Action, ActionKind, Hold, Message
from storage.moderation import pictures
from storage.moderation.pictures import Shown
from storage.moderation.requested_actions.calls import HeldMessage

ABOUT_HELD = (ActionKind.HOLD, ActionKind.RESTORE)


def actions(session: Session, requested: Sequence[Action]) -> dict[int, HeldMessage]:
    """The held message of each action that is about one, by the action; one that is forgotten is missing."""
    ids = [action.id for action in requested if action.kind in ABOUT_HELD]
    if not ids:
        return {}
    same = (Message.chat_id == Action.chat_id) & (Message.message_id == Action.message_id)
    rows = select(Action.id, Message, Hold).join(Message, same).join(Hold, Hold.message_id == Message.id)
    about = [(row, message, hold) for row, message, hold in session.execute(rows.where(Action.id.in_(ids)))]
    shown = pictures.shown(session, [message.id for _, message, _ in about])
    return {row: _held(message, hold, shown.get(message.id)) for row, message, hold in about}


def _held(message: Message, hold: Hold, picture: Shown | None) -> HeldMessage:
    return HeldMessage(
        message_row=message.id,
        state=hold.state,
        reason=hold.reason,
        author_name=message.author_name,
        author_username=message.author_username,
        text=picture_words.without(message.text, picture.words if picture else ""),
        picture=picture,
        signs=tuple(message.signs),
        picture_id=message.picture_id,
        attachment=message.attachment,
        decided_by=hold.decided_by,
    )
