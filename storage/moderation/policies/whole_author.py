"""Where a chat wants it, a moderator's "spam" also deletes what else the author wrote in the last 48 hours."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from storage import rules
from storage.access import switches
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    Message,
    Platform,
    Verdict,
    now,
)
from storage.moderation import posted_again, standing
from storage.moderation.requested_actions import requests

DELETABLE = timedelta(hours=48)  # Telegram deletes no older message


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Ask for the deletion of the spammer's other messages, if the chat and its mode want that."""
    settings = chat.chosen
    if not correction.is_spam or settings.spam_removes == "message" or not rules.for_spam(chat.mode):
        return
    message = session.scalars(select(Message).join(Verdict).where(Verdict.id == correction.verdict_id)).one()
    remove_others(session, message, everywhere=settings.spam_removes == "everywhere")


def remove_others(session: Session, message: Message, *, everywhere: bool) -> int:
    """Ask for the deletion of what else the message's author wrote lately, here or in every group. Returns how many.

    What was held and let in goes as well. What a moderator called ham stays, and so does everything of an author whom nobody knows.
    """
    if message.author_id is None:
        return 0
    reached = [message.chat_id, *(_others_reached(session, message) if everywhere else ())]
    others = _recent(message.author_id).where(Message.id != message.id, ~_is_decided_ham(), ~_is_deleted())
    others = others.where(Message.chat_id.in_(reached))
    rows = session.execute(others).all()
    for chat_id, message_id in rows:
        requests.ask_in_chat(session, chat_id, ActionKind.DELETE, message_id=message_id)
    return len(rows) + posted_again.take_back(session, message.author_id, reached, now() - DELETABLE)


def _others_reached(session: Session, message: Message) -> list[int]:
    """The other groups that the author lately wrote in, that act now, and in which the author is in no good standing."""
    wrote_in = _recent(message.author_id).with_only_columns(Message.chat_id)
    groups = select(Chat).where(Chat.id.in_(wrote_in), Chat.id != message.chat_id).order_by(Chat.id)
    return [
        chat.id
        for chat in session.scalars(groups)
        if switches.may_act(session, chat) and not standing.is_good(session, chat, message.author_id)
    ]


def _recent(author_id: int | None) -> Select[int, int]:
    """Chat and number of what somebody wrote in Telegram groups and can still be deleted."""
    recent = select(Message.chat_id, Message.message_id).join(Message.chat).where(Chat.platform == Platform.TELEGRAM)
    return recent.where(Message.author_id == author_id, Message.message_id > 0, Message.sent_at > now() - DELETABLE)


def _is_decided_ham() -> ColumnElement[bool]:
    decided = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    decided = decided.where(Verdict.message_id == Message.id, ~Correction.is_spam)
    return decided.where(Correction.state == CorrectionState.ACCEPTED).correlate(Message).exists()


def _is_deleted() -> ColumnElement[bool]:
    """Whether its deletion was asked for, by its verdict or by its number."""
    by_verdict = select(Verdict.id).where(Verdict.message_id == Message.id, Verdict.id == Action.verdict_id)
    by_verdict = by_verdict.correlate(Message, Action)
    by_number = (Action.chat_id == Message.chat_id) & (Action.message_id == Message.message_id)
    deletions = select(Action.id).where(Action.kind == ActionKind.DELETE, or_(by_verdict.exists(), by_number))
    return deletions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE))).correlate(Message).exists()
