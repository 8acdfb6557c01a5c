"""Reactions by people who never wrote a clean message: counted, and shown to moderators once there are many within minutes.

Spammers react to many messages so that readers look at their profile. No text is stored, and nothing is done without a moderator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import names
from storage.access import audit, moves, trust
from storage.models import Action, ActionKind, ActionState, Chat, Message, OrderKind, Platform, Reactor, now
from storage.moderation import person_orders
from storage.moderation.person_orders import PersonCommand
from storage.moderation.requested_actions import requests
from storage.moderation.standing import CLEAN
from storage.upsert import insert_once

MOST, WITHIN = 10, timedelta(minutes=10)  # messages that somebody reacted to; more are shown
FORGOTTEN_AFTER, SHOWN_FORGOTTEN_AFTER = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True)
class Reacted:
    """Somebody reacted to a message."""

    user_id: int
    name: str
    message_id: int
    at: datetime


@dataclass(frozen=True)
class Decision:
    """What a moderator made of somebody's reactions, and whether that was just now."""

    is_banned: bool
    by: str
    is_new: bool


def note(session: Session, chat: Chat, reacted: Reacted) -> None:
    """Count a reaction, and have the moderators shown who reacted, once, where there are many or the name advertises."""
    if not chat.chosen.watches_reactions or _is_known(session, chat, reacted.user_id):
        return
    key = {"chat_id": chat.id, "user_id": reacted.user_id}
    insert_once(session, Reactor, {**key, "reacted_at": reacted.at, "recent": {}})
    row = session.scalars(select(Reactor).filter_by(**key).with_for_update()).one()
    row.name, row.reacted_at = reacted.name, reacted.at
    if row.shown_at is None:  # what the notice says stays as it was shown
        row.recent = _recent(row.recent, reacted)
    if row.shown_at is None and (len(row.recent) > MOST or names.says_more(reacted.name)):
        row.shown_at = now()
        requests.ask_in_chat(session, chat.id, ActionKind.REACTIONS, user_id=reacted.user_id)
    session.flush()


def _recent(counted: dict[str, float], reacted: Reacted) -> dict[str, float]:
    """The messages reacted to within WITHIN of this reaction, by their number, with the second."""
    second = reacted.at.timestamp()
    recent = {number: at for number, at in counted.items() if second - at < WITHIN.total_seconds()}
    return recent | {str(reacted.message_id): second}


def _is_known(session: Session, chat: Chat, user_id: int) -> bool:
    """Whether somebody wrote a clean message in the chat, or is trusted there."""
    clean = select(Message.id).where(Message.chat_id == chat.id, Message.author_id == user_id, Message.state.in_(CLEAN))
    return session.scalars(clean.limit(1)).first() is not None or trust.is_given(session, chat.id, user_id)


def watching(session: Session, external_id: int) -> Chat | None:
    """The Telegram group of that number, if it is known and wants reactions watched."""
    number = moves.present(session, external_id)
    chat = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=number)).one_or_none()
    return chat if chat is not None and chat.chosen.watches_reactions else None


def is_watched(session: Session) -> bool:
    """Whether any chat wants reactions watched."""
    return any(chat.chosen.watches_reactions for chat in session.scalars(select(Chat)))


def decide(session: Session, chat: Chat, user_id: int, *, bans: bool, actor: str, name: str) -> Decision | None:
    """Ban who reacted, or leave it; the first decision stands. None where they are forgotten by now."""
    row = session.get(Reactor, (chat.id, user_id), with_for_update=True)
    if row is None or row.shown_at is None:
        return None
    if row.is_banned is not None:
        return Decision(row.is_banned, row.decided_by or "", is_new=False)
    row.is_banned, row.decided_by = bans, name
    if bans:
        person_orders.about_person(session, chat, PersonCommand(user_id, OrderKind.BAN, None, actor, name))
    else:
        audit.note(session, actor, "reactions left", audit.about_member(user_id), chat.id)
    session.flush()
    _refresh(session, user_id, chat.id)
    return Decision(bans, name, is_new=True)


def _refresh(session: Session, user_id: int, chat_id: int | None = None) -> None:
    """Have the notices about this person's reactions, in one chat or in all, say what is so now."""
    notices = update(Action).where(Action.kind == ActionKind.REACTIONS, Action.user_id == user_id)
    if chat_id is not None:
        notices = notices.where(Action.chat_id == chat_id)
    notices = notices.where(Action.state.in_((ActionState.DONE, ActionState.FAILED)))
    again = {"state": ActionState.PENDING, "attempts": 0, "not_before": now(), "error": None}
    again["unanswered"] = case((Action.receipt.is_not(None), 0), else_=Action.unanswered)  # as the call is an edit then
    session.execute(notices.values(**again, lease_holder=None, lease_until=None))


def count(session: Session, user_id: int) -> int:
    """In how many chats this person's reactions were counted."""
    return session.scalars(select(func.count()).where(Reactor.user_id == user_id)).one()


def forget(session: Session, user_id: int) -> None:
    """Delete this person's counts; notices about them lose the name and the number."""
    session.execute(delete(Reactor).where(Reactor.user_id == user_id))
    _refresh(session, user_id)
    about = update(Action).where(Action.kind == ActionKind.REACTIONS, Action.user_id == user_id)
    session.execute(about.values(user_id=None))


def tidy(session: Session) -> None:
    """Delete counts that no notice came of after a day, and the others after a month."""
    moment = now()
    unshown = Reactor.shown_at.is_(None) & (Reactor.reacted_at < moment - FORGOTTEN_AFTER)
    session.execute(delete(Reactor).where(or_(unshown, Reactor.reacted_at < moment - SHOWN_FORGOTTEN_AFTER)))
