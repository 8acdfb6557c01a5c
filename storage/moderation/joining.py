"""Who joins under an advertisement for a name: a row like a message's, judged like one, though nothing was written.

Its number is that of Telegram's service message about the join, which is what a deletion deletes; where none is known,
it is one below zero, like those of messages out of reach, until its author is erased: the person's own is in it. It earns no standing: without a flag it ends as `joined`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from storage import names, usernames
from storage.models import Action, ActionKind, ActionState, Chat, EarlierText, Message, MessageState, Verdict
from storage.moderation import standing
from storage.moderation.requested_actions import requests
from storage.upsert import insert_once

NUMBERS_BELOW = -(2**53)  # where no message's number is; an id at Telegram has at most 52 bits
NOBODYS_BELOW = -(2**54)  # the same for joins whose author is erased
SANCTIONS = (ActionKind.BAN, ActionKind.RESTRICT)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who joined a group."""

    user_id: int
    name: str
    username: str = ""

    @property
    def telling_text(self) -> str:
        """What of their names is an advertisement, as it is judged; "" is nothing."""
        full_name = self.name if names.says_more(self.name) else ""
        return "\n".join(line for line in (full_name, usernames.spelled(self.username)) if line)


def receive(session: Session, chat: Chat, newcomer: Newcomer, at: datetime, number: int | None) -> bool:
    """Have a newcomer's telling names judged, once for each; `number` is the service message's. Returns whether they wait.

    Nothing is stored of an ordinary name, nor of members in good standing.
    """
    row = _known(session, chat, newcomer.user_id)
    text = newcomer.telling_text
    if not text or standing.is_good(session, chat, newcomer.user_id):
        return False
    if row is None:
        insert_once(session, Message, _columns(chat, newcomer, text, at))
        row = _known(session, chat, newcomer.user_id)
        assert row is not None
    elif row.text != text:
        _rename(session, row, newcomer, text, at)
    if number is not None:
        _renumber(session, row, number)
    return row.state == MessageState.PENDING


def _known(session: Session, chat: Chat, user_id: int) -> Message | None:
    """The person's join of the chat that was received before."""
    joins = select(Message).where(Message.chat_id == chat.id, Message.author_id == user_id, Message.is_join)
    return session.scalars(joins.order_by(Message.id.desc()).limit(1).with_for_update()).first()


def _columns(chat: Chat, newcomer: Newcomer, text: str, at: datetime) -> dict[str, object]:
    return {
        "chat_id": chat.id,
        "message_id": NUMBERS_BELOW - newcomer.user_id,
        "author_id": newcomer.user_id,
        "author_name": newcomer.name[: names.LONGEST],
        "author_username": newcomer.username,
        "text": text,
        "sent_at": at,
        "is_join": True,
        "media_id": "",
    }


def _rename(session: Session, row: Message, newcomer: Newcomer, text: str, at: datetime) -> None:
    """They came back under another name: it is judged as an edit is, and the old one stays for its verdicts."""
    session.add(EarlierText(message_id=row.id, edit=row.edit, text=row.text))
    row.text, row.edit, row.edited_at, row.sent_at = text, row.edit + 1, at, at
    row.author_name, row.author_username = newcomer.name[: names.LONGEST], newcomer.username
    row.state, row.error, row.attempts = MessageState.PENDING, None, 0
    row.lease_holder = row.lease_until = None


def _renumber(session: Session, row: Message, number: int) -> None:
    """Give the join the service message's number, unless another join has it: of several people who were added at once.

    Whoever is sanctioned for their name by then has that message deleted, too.
    """
    taken = select(Message.id).where(Message.chat_id == row.chat_id, Message.message_id == number, Message.id != row.id)
    if number < 0 or session.scalars(taken).first() is not None:
        return
    row.message_id = number
    session.flush()
    sanctions = select(Action.verdict_id).join(Verdict, Verdict.id == Action.verdict_id)
    sanctions = sanctions.where(Verdict.message_id == row.id, Action.kind.in_(SANCTIONS))
    sanctions = sanctions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    for verdict_id in set(session.scalars(sanctions)):
        requests.ask_once(session, verdict_id or 0, ActionKind.DELETE, is_automatic=True)


def forget_numbers(session: Session, *which: ColumnElement[bool]) -> None:
    """Renumber those of these joins whose author is erased and whose number has the author's in it."""
    telling = (Message.author_id.is_(None), Message.is_join, Message.message_id.between(NOBODYS_BELOW, NUMBERS_BELOW))
    session.execute(update(Message).where(*telling, *which).values(message_id=NOBODYS_BELOW - Message.id))
