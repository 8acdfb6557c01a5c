"""Decides what follows from a flag, a correction or an order in a chat of its mode, and requests it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage import rules
from storage.access import switches
from storage.arrays import among
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    HoldState,
    Message,
    Order,
    Platform,
    Standing,
    Verdict,
    now,
)
from storage.moderation import albums, held_albums, policies, posted_again, warnings
from storage.moderation.requested_actions import automatic_pause, requests, terms
from storage.rules import Flagged, Term


def for_flags(session: Session, spam: Sequence[int]) -> list[int]:
    """Request what the chats' modes want done about messages just flagged by these verdicts. Returns the verdicts with requests."""
    if not spam:
        return []
    rows = select(Verdict, Chat).join(Verdict.message).join(Message.chat)
    rows = rows.where(among(Verdict.id, spam), Chat.platform == Platform.TELEGRAM)
    is_stopped = switches.is_stopped(session)
    verdict_ids = []
    for verdict, chat in session.execute(rows.order_by(Verdict.id)):
        for kind in rules.for_flag(_flagged(verdict, chat, is_stopped)):
            if kind == ActionKind.NOTIFY:
                requests.show(session, verdict.id)
            else:
                requests.ask_once(session, verdict.id, kind, is_automatic=True)
        verdict_ids.append(verdict.id)
    return verdict_ids


def _flagged(verdict: Verdict, chat: Chat, is_stopped: bool) -> Flagged:
    """What the rules want to know of a flag."""
    is_over_act = verdict.score >= verdict.act_threshold or verdict.rule is not None
    is_paused = is_stopped or chat.paused_at is not None
    return Flagged(chat.mode, is_over_act, verdict.standing == Standing.GOOD, is_paused)


def for_correction(session: Session, correction: Correction) -> None:
    """The notice says who decided; a moderator's "spam" acts as the chat's mode wants, "not spam" undoes everything."""
    if (chat := _group(session, correction.verdict_id)) is None:
        return
    requests.ask(session, correction.verdict_id, ActionKind.AMEND)
    if correction.state == CorrectionState.DISPUTED:
        requests.cancel(session, correction.verdict_id, [ActionKind.DELETE, *rules.UNDOES])
    _carry_out(session, correction, chat)
    if correction.state == CorrectionState.ACCEPTED:
        policies.after_decision(session, correction, chat)
        if not correction.is_spam:
            automatic_pause.pause_if_wrong_too_often(session, chat)


def for_repeated(session: Session, correction: Correction) -> None:
    """The same decision again: request what could not be done before, or what the chat's mode did not want then."""
    if (chat := _group(session, correction.verdict_id)) is None:
        return
    _carry_out(session, correction, chat)
    waits = select(Action.id).where(Action.verdict_id == correction.verdict_id, Action.state == ActionState.PENDING)
    if session.scalars(waits.where(Action.kind.in_(rules.IN_NOTICES), Action.not_before <= now())).first() is not None:
        requests.ask(session, correction.verdict_id, ActionKind.AMEND)


def for_withdrawn(session: Session, correction: Correction) -> None:
    """The last correction was withdrawn: what its "spam" had done is undone, and the notice says so."""
    if _group(session, correction.verdict_id) is None:
        return
    requests.ask(session, correction.verdict_id, ActionKind.AMEND)
    if correction.is_spam:
        requests.undo(session, correction.verdict_id)
    policies.after_withdrawal(session, correction)


def _carry_out(session: Session, correction: Correction, chat: Chat) -> None:
    if correction.state != CorrectionState.ACCEPTED:
        return
    if not correction.is_spam:
        requests.undo(session, correction.verdict_id)
        return
    for kind in rules.for_spam(chat.mode):
        _act(session, correction.verdict_id, kind)


def _act(session: Session, verdict_id: int, kind: ActionKind, term: Term | None = None) -> None:
    """Ask for what a moderator wants done; what was let in again goes with the message."""
    requests.act(session, verdict_id, kind, term)
    if kind == ActionKind.DELETE:
        message = session.scalars(select(Message).join(Verdict).where(Verdict.id == verdict_id)).one()
        posted_again.take_back_about(session, albums.together(session, message))


def for_order(session: Session, order: Order, verdict_id: int) -> None:
    """What a moderator's command asks for besides a correction."""
    term = terms.of_order(order)
    kinds = rules.for_order(order.kind)
    for kind in kinds:
        _act(session, verdict_id, kind, term)
    if (step := warnings.step_of(session, order)) is not None:
        requests.act(session, verdict_id, step.kind, step.term)
    if kinds and requests.state(session, verdict_id, ActionKind.NOTIFY) is not None:
        requests.ask(session, verdict_id, ActionKind.AMEND)


def for_copy(session: Session, verdict_id: int) -> None:
    """A moderator's "spam" about words that another member wrote first: acted on, but not learned from."""
    chat = session.scalars(_chat_of(verdict_id)).one()
    for kind in rules.for_spam(chat.mode):
        _act(session, verdict_id, kind)
    requests.announce(session, chat.id, rules.WRITTEN_BEFORE)


def for_album_part(session: Session, message: Message) -> None:
    """Delete a message that arrives after a part of its album was deleted, or is about to be; hold it if that is held."""
    if message.album_id is None:
        return
    same_album = select(Verdict.id).join(Verdict.message)
    same_album = same_album.filter_by(chat_id=message.chat_id, album_id=message.album_id)
    message_ids = [part.message_id for part in albums.together(session, message)]
    is_about_album: ColumnElement[bool] = Action.verdict_id.in_(same_album)
    hold = held_albums.deciding(session, message)
    if hold is None or hold.state != HoldState.RELEASED:  # of what was let in, later parts stay
        is_about_album |= (Action.chat_id == message.chat_id) & Action.message_id.in_(message_ids)
    deletions = select(Action.id).where(Action.kind == ActionKind.DELETE, is_about_album)
    deletions = deletions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE))).limit(1)
    if session.scalars(deletions).first() is None:
        return
    if hold is not None and hold.state == HoldState.HELD:
        held_albums.add(session, message, hold.reason)
    requests.ask_in_chat(session, message.chat_id, ActionKind.DELETE, message_id=message.message_id)


def _group(session: Session, verdict_id: int) -> Chat | None:
    """The Telegram group of the judged message, or None where it was written elsewhere."""
    return session.scalars(_chat_of(verdict_id).where(Chat.platform == Platform.TELEGRAM)).one_or_none()


def _chat_of(verdict_id: int) -> Select[Chat]:
    return select(Chat).join(Message).join(Verdict).where(Verdict.id == verdict_id)
