"""Reads claimed actions with all that their calls need: one statement for each kind of fact, for all actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.access import moves
from storage.models import Action, ActionKind, Chat, Message, ModelVersion, Reactor, Sign, Verdict
from storage.moderation import (
    cases,
    raids,
    sanctions_in_force,
)
from storage.moderation.requested_actions import held_messages_of
from storage.moderation.requested_actions.calls import (
    KEPT_UP_TO_DATE,
    MODERATION,
    ChatAction,
    VerdictAction,
)
from storage.moderation.requested_actions.facts import Facts, Row, is_lost, of_rows
from storage.moderation.verdicts import judged_text
from storage.sanctions import length

MODERATION_FIRST = (Action.kind.not_in(MODERATION), Action.id)


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
    rows = [Row(*row) for row in session.execute(statement)]
    facts = of_rows(session, rows)
    return [_with_background(_verdict_action(holder, row, facts), row, facts) for row in rows]


def _verdict_action(holder: str, row: Row, facts: Facts) -> VerdictAction:
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
        is_notice_lost=is_lost(notice, facts.addresses),
        corrections=facts.corrections.get(verdict.id, ()),
        author_id=message.author_id,
        album=facts.albums[message.id],
        picture_id=message.picture_id,
        attachment=message.attachment,
        until=action.until,
        lasts=length(action.lasts),
        is_automatic=action.is_automatic,
        language=chat.language,
        review_threshold=verdict.review_threshold,
        standing=verdict.standing,
        rule=verdict.rule,
        done=facts.moderation_calls.get(verdict.id, ()),
        attempts=action.attempts,
        unanswered=action.unanswered,
        sanctions=facts.sanctions.get(author, ()),
        sent_at=message.sent_at,
        thread_id=message.thread_id,
        author_name=message.author_name,
        author_username=message.author_username,
        is_join=message.is_join,
        script=verdict.script,
        score_without_names=verdict.score_without_names,
    )


def _with_background(action: VerdictAction, row: Row, facts: Facts) -> VerdictAction:
    """The same with what only notices tell."""
    verdict_id, message_row, chosen = row.verdict.id, row.message.id, row.chat.chosen
    return replace(
        action,
        reports=facts.reports.get(message_row, 0),
        appeal=facts.appeals.get(verdict_id),
        hint=facts.hints.get(verdict_id),
        bans_elsewhere=facts.bans_elsewhere.get(verdict_id, 0),
        listed=facts.listings.get(row.message.author_id or 0) if chosen.spammer_list else None,
        is_by_deleted_account=chosen.shows_deleted and Sign.DELETED_ACCOUNT in row.message.signs,
        notices_vanish=chosen.notices_vanish,
        presence=facts.presences.get(message_row),
        precedent=facts.precedents.get(verdict_id),
        picture=facts.pictures.get(message_row),
    )


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
            unanswered=action.unanswered,
            language=chat.language,
            chat_id=chat.id,
            chat_title=chat.title,
            held_back=raids.held_back(session, chat.id) if action.kind == ActionKind.DIGEST else None,
            case=cases.read(session, action.id) if action.kind == ActionKind.CASE else None,
            sanctions=sanctions.get((chat.id, action.user_id or 0), ()),
            thread_id=action.thread_id,
            reactor=_reactor(session, action),
            held=held.get(action.id),
            notice=action.receipt if action.kind in KEPT_UP_TO_DATE else None,
        )
        for action, chat in rows
    ]


def _reactor(session: Session, action: Action) -> Reactor | None:
    """Whom a notice about reactions is about, unless they are forgotten."""
    if action.kind != ActionKind.REACTIONS or action.user_id is None:
        return None
    return session.get(Reactor, (action.chat_id, action.user_id))
