"""Moderators' commands about people rather than about what they wrote: whoever came or left, or is named by id or @name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from storage import rules
from storage.access import audit
from storage.models import ActionKind, Chat, OrderKind, now
from storage.moderation.requested_actions import requests, terms
from storage.rules import Term


@dataclass(frozen=True)
class Sanctioning:
    """A ban or mute of somebody, asked for at a moment; without a term it lasts as the chat chose."""

    kind: ActionKind
    person: int
    term: Term | None
    at: datetime


@dataclass(frozen=True)
class PersonCommand:
    """A moderator's command about one person."""

    person: int
    kind: OrderKind
    term: Term | None
    actor: str
    actor_name: str


def kinds(chat: Chat, kind: OrderKind) -> tuple[ActionKind, ...]:
    """The actions that an order asks for in this chat."""
    return rules.for_spam(chat.mode) if kind == OrderKind.SPAM else rules.for_order(kind)


def about_people(
    session: Session, chat: Chat, message_id: int, people: Sequence[int], kind: OrderKind, term: Term | None = None
) -> None:
    """A command about the service message of people who came or left: it is deleted, and they are banned; a mute leaves it."""
    term = rules.FOR_GOOD if kind == OrderKind.BAN_FOR_GOOD else term
    for action_kind in kinds(chat, kind) or kinds(chat, OrderKind.BAN):
        if action_kind == ActionKind.DELETE:
            requests.ask_in_chat(session, chat.id, action_kind, message_id=message_id)
            continue
        for person in people:
            sanction(session, chat, Sanctioning(action_kind, person, term, now()))


def about_person(session: Session, chat: Chat, command: PersonCommand) -> None:
    """A ban or mute of somebody named by id or @name: the person alone, whatever they wrote."""
    term = rules.FOR_GOOD if command.kind == OrderKind.BAN_FOR_GOOD else command.term
    for action_kind in kinds(chat, command.kind):
        if action_kind in rules.UNDOES:
            asked = Sanctioning(action_kind, command.person, term, now())
            sanction(session, chat, asked, asked_by=command.actor_name)
    audit.note(session, command.actor, str(command.kind), audit.about_member(command.person), chat.id)


def sanction(session: Session, chat: Chat, asked: Sanctioning, asked_by: str | None = None) -> None:
    """Ask for a sanction that belongs to no verdict."""
    end = terms.columns(asked.kind, asked.term or terms.of_chat(chat), asked.at)
    requests.ask_in_chat(session, chat.id, asked.kind, user_id=asked.person, created_at=asked.at, text=asked_by, **end)
