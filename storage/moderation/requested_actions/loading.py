"""Reads claimed actions with all that their calls need: one statement for each kind of fact, for all actions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.access import moves
from storage.models import Action, ActionKind, ActionState, Chat, Correction, Message, ModelVersion, Verdict
from storage.moderation import (
    albums,
    appeals,
    cases,
    precedents,
    presence,
    raids,
    reports,
    sanctions_in_force,
    second_opinions,
    shared_bans,
)
from storage.moderation.precedents import Precedent, Question
from storage.moderation.presence import Presence
from storage.moderation.requested_actions import held_messages_of
from storage.moderation.requested_actions.calls import (
    ABOUT_NOTICES,
    MODERATION,
    ChatAction,
    ModerationCall,
    VerdictAction,
)
from storage.moderation.sanctions_in_force import Person
from storage.moderation.second_opinions import Hint
from storage.moderation.verdicts import STANDING, judged_text
from storage.sanctions import Sanction, length

MODERATION_FIRST = (Action.kind.not_in(MODERATION), Action.id)


@dataclass(frozen=True)
class _Row:
    """An action of a verdict with what it joins."""

    verdict: Verdict
    text: str
    action: Action
    chat: Chat
    message: Message
    model_version: str


@dataclass(frozen=True)
class _Facts:
    """What belongs to the verdicts and messages of several rows, each by its key."""

    addresses: dict[int, int]  # the number that a chat has now, by the one it is stored under
    notices: dict[int, Action]  # by verdict, as are all that name no other key
    corrections: dict[int, tuple[Correction, ...]]
    moderation_calls: dict[int, tuple[ModerationCall, ...]]
    appeals: dict[int, str]
    hints: dict[int, Hint]
    bans_elsewhere: dict[int, int]
    reports: dict[int, int]  # by message
    albums: dict[int, tuple[int, ...]]  # by message
    sanctions: dict[Person, tuple[Sanction, ...]]
    presences: dict[int, Presence]  # by message
    precedents: dict[int, Precedent]


def verdict_actions(session: Session, holder: str, action_ids: Sequence[int]) -> list[VerdictAction]:
    """Those of the claimed actions that belong to verdicts, moderation first."""
    statement = (
        judged_text()
        .join(Action, Action.verdict_id == Verdict.id)
        .join(Chat, Chat.id == Message.chat_id)
        .join(ModelVersion, ModelVersion.id == Verdict.model_version_id)
        .where(Action.id.in_(action_ids))
        .order_by(*MODERATION_FIRST)
        .add_columns(Action, Chat, Message, ModelVersion.name)
    )
    rows = [_Row(*row) for row in session.execute(statement)]
    facts = _facts(session, rows)
    return [_verdict_action(holder, row, facts) for row in rows]


def _facts(session: Session, rows: Sequence[_Row]) -> _Facts:
    verdict_ids = {row.verdict.id for row in rows}
    notices = _notices(session, verdict_ids)
    receipts = [notice.receipt or {} for notice in notices.values()]
    chat_ids = {row.chat.external_id for row in rows} | {receipt.get("chat_id") for receipt in receipts}
    authors = {(row.chat.id, row.message.author_id) for row in rows if row.message.author_id is not None}
    shown = [row for row in rows if row.action.kind in ABOUT_NOTICES]
    return _Facts(
        addresses=moves.all_present(session, chat_ids),
        notices=notices,
        corrections=_corrections(session, verdict_ids),
        moderation_calls=_moderation_calls(session, verdict_ids),
        appeals=appeals.texts(session, verdict_ids),
        hints=second_opinions.hints(session, verdict_ids),
        bans_elsewhere=shared_bans.counts(session, verdict_ids),
        reports=reports.counts(session, {row.message.id for row in rows}),
        albums=albums.message_ids(session, [row.message for row in rows]),
        sanctions=sanctions_in_force.imposed_on(session, authors),
        presences=presence.of_authors(session, [row.message for row in shown]),
        precedents=precedents.of(session, [Question(row.verdict.id, row.message, row.text) for row in shown]),
    )


def _verdict_action(holder: str, row: _Row, facts: _Facts) -> VerdictAction:
    verdict, action, chat, message = row.verdict, row.action, row.chat, row.message
    notice = facts.notices.get(verdict.id)
    author = (chat.id, message.author_id or 0)
    return VerdictAction(
        action_id=action.id,
        holder=holder,
        kind=action.kind,
        verdict_id=verdict.id,
        chat_external_id=facts.addresses[chat.external_id],
        chat_title=chat.title,
        moderators_chat_id=chat.moderators_chat_id,
        message_id=message.message_id,
        text=row.text,
        score=verdict.score,
        model_version=row.model_version,
        notice=notice.receipt if notice else None,
        is_notice_lost=_is_lost(notice, facts.addresses),
        corrections=facts.corrections.get(verdict.id, ()),
        author_id=message.author_id,
        album=facts.albums[message.id],
        picture_id=message.picture_id,
        until=action.until,
        lasts=length(action.lasts),
        is_automatic=action.is_automatic,
        language=chat.language,
        reports=facts.reports.get(message.id, 0),
        appeal=facts.appeals.get(verdict.id),
        review_threshold=verdict.review_threshold,
        standing=verdict.standing,
        rule=verdict.rule,
        hint=facts.hints.get(verdict.id),
        bans_elsewhere=facts.bans_elsewhere.get(verdict.id, 0),
        done=facts.moderation_calls.get(verdict.id, ()),
        attempts=action.attempts,
        sanctions=facts.sanctions.get(author, ()),
        sent_at=message.sent_at,
        thread_id=message.thread_id,
        author_name=message.author_name,
        notices_vanish=chat.chosen.notices_vanish,
        presence=facts.presences.get(message.id),
        precedent=facts.precedents.get(verdict.id),
    )


def _notices(session: Session, verdict_ids: Collection[int]) -> dict[int, Action]:
    notices = select(Action).where(Action.verdict_id.in_(verdict_ids), Action.kind == ActionKind.NOTIFY)
    return {notice.verdict_id: notice for notice in session.scalars(notices) if notice.verdict_id is not None}


def _is_lost(notice: Action | None, addresses: dict[int, int]) -> bool:
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


def chat_actions(session: Session, holder: str, action_ids: Sequence[int]) -> list[ChatAction]:
    """Those of the claimed actions that belong to no verdict, moderation first."""
    statement = select(Action, Chat).join(Chat, Chat.id == Action.chat_id).where(Action.id.in_(action_ids))
    rows = session.execute(statement.order_by(*MODERATION_FIRST)).all()
    addresses = moves.all_present(session, {chat.external_id for _, chat in rows})
    people = {(chat.id, action.user_id) for action, chat in rows if action.user_id is not None}
    sanctions = sanctions_in_force.imposed_on(session, people)
    held = held_messages_of.actions(session, [action for action, _ in rows])
    return [
        ChatAction(
            action_id=action.id,
            holder=holder,
            kind=action.kind,
            chat_external_id=addresses[chat.external_id],
            moderators_chat_id=chat.moderators_chat_id,
            text=action.text or "",
            message_id=action.message_id,
            user_id=action.user_id,
            until=action.until,
            lasts=length(action.lasts),
            is_automatic=action.is_automatic,
            attempts=action.attempts,
            language=chat.language,
            chat_id=chat.id,
            chat_title=chat.title,
            held_back=raids.held_back(session, chat.id) if action.kind == ActionKind.DIGEST else None,
            case=cases.read(session, action.id) if action.kind == ActionKind.CASE else None,
            sanctions=sanctions.get((chat.id, action.user_id or 0), ()),
            thread_id=action.thread_id,
            held=held.get(action.id),
            notice=action.receipt if action.kind in (ActionKind.HOLD, ActionKind.CASE) else None,
        )
        for action, chat in rows
    ]
