"""Pauses a chat in which moderators undid too much of what hamlet did by itself."""

from __future__ import annotations

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from storage import rules
from storage.access import switches
from storage.models import Action, Chat, Correction, CorrectionState, Message, Verdict, now
from storage.moderation.requested_actions import requests


def pause_if_wrong_too_often(session: Session, chat: Chat) -> None:
    """Pause the chat once WRONG_AT_MOST of its automatic actions were undone, and announce that to its moderators."""
    if chat.paused_at is None and _count_wrong(session, chat) >= rules.WRONG_AT_MOST:
        switches.pause(chat, rules.TOO_OFTEN_WRONG)
        requests.stop_waiting(session, chat.id, now())
        requests.announce(session, chat.id, rules.TOO_OFTEN_WRONG)


def _count_wrong(session: Session, chat: Chat) -> int:
    """How many messages moderators called ham within WRONG_WITHIN whose authors hamlet sanctioned by itself.

    What members' reports hid does not count: members cannot pause a chat.
    """
    wrong = (
        select(func.count(distinct(Verdict.message_id)))
        .join(Correction, Correction.verdict_id == Verdict.id)
        .join(Action, Action.verdict_id == Verdict.id)
        .join(Verdict.message)
        .where(Message.chat_id == chat.id, Action.is_automatic, Action.kind.in_(rules.UNDOES))
        .where(Correction.state == CorrectionState.ACCEPTED)
        .where(~Correction.is_spam, Correction.created_at > now() - rules.WRONG_WITHIN)
    )
    return session.scalars(wrong).one()
