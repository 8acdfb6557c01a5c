"""What the bot posted again in an author's name, because a moderator had let it in or called it ham, is deleted.

What waits to be posted is not posted, and what is being posted right now is deleted afterwards (see `queue.done`). So are
warnings that name who is forgotten (`warnings.forget`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, cast, select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Chat, Hold, Message, Platform, Verdict
from storage.moderation.requested_actions import requests


def take_back(
    session: Session, author_id: int, chat_ids: Collection[int] | None = None, since: datetime | None = None
) -> int:
    """Ask for the deletion of what was posted again in this author's name, unless that was asked for before.

    In these chats only, and only what was let in since then, where that is given. Returns how many messages.
    """
    about = (Message.chat_id == Action.chat_id) & (Message.message_id == Action.message_id)
    posted = select(Action, Chat).select_from(Action)
    posted = posted.where(Action.kind == ActionKind.RESTORE, Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    if since is not None:
        posted = posted.where(Action.created_at > since)
    let_in = posted.join(Message, about)
    hidden = posted.join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)  # by members' reports
    rows: list[tuple[Action, Chat]] = []
    for calls in (let_in, hidden):
        theirs = calls.join(Chat, Chat.id == Message.chat_id).join(Hold, Hold.message_id == Message.id)
        theirs = theirs.where(Message.author_id == author_id)
        theirs = theirs if chat_ids is None else theirs.where(Message.chat_id.in_(chat_ids))
        rows += [(action, chat) for action, chat in session.execute(theirs)]
    return sum(take_back_call(session, action, chat) for action, chat in rows)


def take_back_call(session: Session, action: Action, chat: Chat) -> bool:
    """Ask for the deletion of what this call posted, or have it not made. Returns whether that was still to be done."""
    if action.state == ActionState.PENDING:
        action.state = ActionState.CANCELLED
        return True
    receipt = action.receipt or {}
    is_there = "message_id" in receipt and _stands(receipt, chat)
    if not is_there or _is_asked_for(session, chat.id, receipt["message_id"]):
        return False
    requests.ask_in_chat(session, chat.id, ActionKind.DELETE, message_id=receipt["message_id"])
    return True


def take_back_about(session: Session, parts: Sequence[Message]) -> None:
    """The same of these messages, which a moderator had let in and now wants deleted."""
    calls = select(Action, Chat).join(Chat, Chat.id == Action.chat_id).where(Action.kind == ActionKind.RESTORE)
    calls = calls.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    for part in parts:
        about = calls.where(Action.chat_id == part.chat_id, Action.message_id == part.message_id)
        for action, chat in session.execute(about).all():
            take_back_call(session, action, chat)


def original(session: Session, chat_external_id: int, number: int) -> Message | None:
    """The message that the bot let in again under this number in the group; None where it posted something else."""
    about = (Message.chat_id == Action.chat_id) & (Message.message_id == Action.message_id)
    messages = select(Message).join(Action, about).join(Chat, Chat.id == Action.chat_id)
    messages = messages.where(Action.kind == ActionKind.RESTORE, Action.state == ActionState.DONE)
    messages = messages.where(Chat.platform == Platform.TELEGRAM, Chat.external_id == chat_external_id)
    stands = (_in_receipt("chat_id") == chat_external_id) & (_in_receipt("message_id") == number)
    return session.scalars(messages.where(stands).limit(1)).first()


def _in_receipt(key: str) -> ColumnElement[int]:
    return cast(Action.receipt[key].as_string(), BigInteger)


def is_taken_back(session: Session, action_id: int) -> bool:
    """Whether what was asked to be posted shall not be any more. Nobody takes it back before the transaction ends."""
    asked = select(Action.kind, Action.state).where(Action.id == action_id).with_for_update()
    kind_and_state = session.execute(asked).one_or_none()
    taken_back = [(kind, ActionState.CANCELLED) for kind in (ActionKind.RESTORE, ActionKind.WARN)]
    return kind_and_state is not None and tuple(kind_and_state) in taken_back


def _stands(receipt: dict[str, int], chat: Chat) -> bool:
    """Whether it was posted under the chat's present number."""
    return receipt.get("chat_id") == chat.external_id


def _is_asked_for(session: Session, chat_id: int, number: int) -> bool:
    deletions = select(Action.id).filter_by(chat_id=chat_id, message_id=number, kind=ActionKind.DELETE)
    deletions = deletions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    return session.scalars(deletions.limit(1)).first() is not None
