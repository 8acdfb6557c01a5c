"""What the calls of several verdicts need to know: one statement for each kind of fact, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.access import moves
from storage.models import Action, ActionKind, ActionState, Chat, Correction, Message, Verdict
from storage.moderation import (
    albums,
    appeals,
    listings,
    pictures,
    precedents,
    presence,
    reports,
    sanctions_in_force,
    second_opinions,
    shared_bans,
)
from storage.moderation.listings import Listed
from storage.moderation.pictures import Shown
from storage.moderation.precedents import Precedent, Question
from storage.moderation.presence import Presence
from storage.moderation.requested_actions.calls import (
    ABOUT_NOTICES,
    MODERATION,
    ModerationCall,
)
from storage.moderation.sanctions_in_force import Person
from storage.moderation.second_opinions import Hint
from storage.moderation.verdicts import STANDING
from storage.sanctions import Sanction


@dataclass(frozen=True)
class Row:
    """An action of a verdict with what it joins."""

    verdict: Verdict
    text: str
    action: Action
    chat: Chat
    message: Message
    model_version: str


@dataclass(frozen=True)
class Facts:
    """What belongs to the verdicts and messages of several rows, each by its key."""

    addresses: dict[int, int]  # the number that a chat has now, by the one it is stored under
    notices: dict[int, Action]  # by verdict, as are all that name no other key
    corrections: dict[int, tuple[Correction, ...]]
    moderation_calls: dict[int, tuple[ModerationCall, ...]]
    appeals: dict[int, str]
    hints: dict[int, Hint]
    listings: dict[int, Listed]  # by author
    bans_elsewhere: dict[int, int]
    reports: dict[int, int]  # by message
    albums: dict[int, tuple[int, ...]]  # by message
    sanctions: dict[Person, tuple[Sanction, ...]]
    presences: dict[int, Presence]  # by message
    precedents: dict[int, Precedent]
    pictures: dict[int, Shown]  # by message


def of_rows(session: Session, rows: Sequence[Row]) -> Facts:
    """What belongs to these rows."""
    verdict_ids = {row.verdict.id for row in rows}
    notices = _notices(session, verdict_ids)
    receipts = [notice.receipt or {} for notice in notices.values()]
    chat_ids = {row.chat.external_id for row in rows} | {receipt.get("chat_id") for receipt in receipts}
    authors = {(row.chat.id, row.message.author_id) for row in rows if row.message.author_id is not None}
    with_pictures = [row.message.id for row in rows if row.message.image_id is not None and row.chat.settings]
    shown = [row for row in rows if row.action.kind in ABOUT_NOTICES]
    return Facts(
        addresses=moves.all_present(session, chat_ids),
        notices=notices,
        corrections=_corrections(session, verdict_ids),
        moderation_calls=_moderation_calls(session, verdict_ids),
        appeals=appeals.texts(session, verdict_ids),
        hints=second_opinions.hints(session, verdict_ids),
        listings=listings.of(session, {row.message.author_id for row in shown if row.chat.chosen.spammer_list}),
        bans_elsewhere=shared_bans.counts(session, verdict_ids),
        reports=reports.counts(session, {row.message.id for row in rows}),
        albums=albums.message_ids(session, [row.message for row in rows]),
        sanctions=sanctions_in_force.imposed_on(session, authors),
        presences=presence.of_authors(session, [row.message for row in shown]),
        precedents=precedents.of(session, [Question(row.verdict.id, row.message, row.text) for row in shown]),
        pictures=pictures.shown(session, with_pictures),
    )


def _notices(session: Session, verdict_ids: Collection[int]) -> dict[int, Action]:
    notices = select(Action).where(Action.verdict_id.in_(verdict_ids), Action.kind == ActionKind.NOTIFY)
    return {notice.verdict_id: notice for notice in session.scalars(notices) if notice.verdict_id is not None}


def is_lost(notice: Action | None, addresses: dict[int, int]) -> bool:
    """Whether the notice was sent, and stands where nobody can change it any more."""
    if notice is None or notice.state != ActionState.DONE:
        return False
    chat_id = (notice.receipt or {}).get("chat_id")
    return not notice.receipt or (chat_id is not None and addresses[chat_id] != chat_id)


def _corrections(session: Session, verdict_ids: Collection[int]) -> dict[int, tuple[Correction, ...]]:
    corrections = select(Correction).where(Correction.verdict_id.in_(verdict_ids), Correction.state.in_(STANDING))
    by_verdict: dict[int, list[Correction]] = defaultdict(list)
    for correction in session.scalars(corrections.order_by(Correction.id)):
        by_verdict[correction.verdict_id].append(correction)
    return {verdict_id: tuple(given) for verdict_id, given in by_verdict.items()}


def _moderation_calls(session: Session, verdict_ids: Collection[int]) -> dict[int, tuple[ModerationCall, ...]]:
    moderation = select(Action).where(Action.verdict_id.in_(verdict_ids), Action.kind.in_(MODERATION))
    by_verdict: dict[Any, list[ModerationCall]] = defaultdict(list)
    for action in session.scalars(moderation.order_by(Action.id)):
        is_channels = bool((action.receipt or {}).get("channel"))
        call = ModerationCall(action.kind, action.state, action.error, is_channels, action.is_automatic)
        by_verdict[action.verdict_id].append(call)
    return {verdict_id: tuple(moderation_calls) for verdict_id, moderation_calls in by_verdict.items()}
