"""Spam that moderators confirm in a group that shares bans gets its author banned in every other group that does.

In groups of the same operator, that is. The bans are undone together with the decision. A group that only observes or
is paused bans nobody for others, nor does one in which the author is trusted or in good standing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import rules
from storage.access import switches
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    Message,
    Mode,
    Platform,
    Trust,
    Verdict,
    now,
)
from storage.moderation import sanctions, sanctions_in_force, shared_bans, standing
from storage.moderation.requested_actions import requests


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Ask for the author's bans in the other groups, or undo those that an earlier decision asked for."""
    if not correction.is_spam:
        undo(session, correction)
        return
    if not chat.chosen.shares_bans or not rules.for_spam(chat.mode) or switches.is_stopped(session):
        return
    message = session.scalars(select(Message).join(Verdict).where(Verdict.id == correction.verdict_id)).one()
    if message.author_id is None or message.author_id < 0:  # a channel may be another group's own
        return
    for other in _sharing(session, chat):
        _ban(session, other, message.author_id, correction.verdict_id)


def _sharing(session: Session, chat: Chat) -> Sequence[Chat]:
    """The other groups that share bans and act now."""
    groups = select(Chat).where(Chat.platform == Platform.TELEGRAM, Chat.id != chat.id, Chat.paused_at.is_(None))
    groups = groups.where(Chat.mode != Mode.OBSERVE, Chat.settings["shares_bans"].as_boolean())
    return session.scalars(groups.order_by(Chat.id)).all()


def _ban(session: Session, chat: Chat, user_id: int, verdict_id: int) -> None:
    """Ban this person in that group for the verdict; a ban for another message of theirs serves for both."""
    action_id = shared_bans.in_force(session, chat.id, user_id)
    if action_id is None:
        if session.get(Trust, (chat.id, user_id)) is not None or standing.is_good(session, chat, user_id):
            return
        until = now() + rules.BAN_LASTS
        ban = Action(chat_id=chat.id, kind=ActionKind.BAN, user_id=user_id, until=until, is_automatic=True)
        session.add(ban)
        session.flush()
        action_id = ban.id
    shared_bans.link(session, action_id, verdict_id)


def undo(session: Session, correction: Correction) -> None:
    """Lift in all groups what was asked for about this message, unless something else keeps it in force."""
    for ban in shared_bans.release(session, correction.verdict_id):
        is_under_way = ban.state == ActionState.PENDING and ban.lease_until is not None and ban.lease_until > now()
        was_made = is_under_way or ban.receipt is not None
        not_before = ban.lease_until if is_under_way else None
        ban.state = ActionState.CANCELLED
        session.flush()
        if was_made and ban.chat_id is not None and ban.user_id is not None:
            _lift(session, ban.chat_id, ban.user_id, not_before or now())


def _lift(session: Session, chat_id: int, user_id: int, not_before: datetime) -> None:
    if sanctions_in_force.stands(session, chat_id, user_id, ActionKind.BAN):
        sanctions.impose_again(session, chat_id, user_id, ActionKind.BAN)
    else:
        about = {"user_id": user_id, "is_automatic": True, "not_before": not_before}
        requests.ask_in_chat(session, chat_id, ActionKind.UNBAN, **about)
