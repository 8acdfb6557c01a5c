"""Asking for calls to the outside world: what verdicts, decisions and commands want done, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import distinct, func, select, update
from sqlalchemy.orm import Session

from storage import rules
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    Message,
    Order,
    OrderKind,
    Platform,
    Standing,
    Verdict,
    now,
)
from storage.queries import albums, moved, raids, sanctions, switches
from storage.queries.judged import is_settled
from storage.queries.sanctions import STOPPED as STOPPED
from storage.queries.upsert import insert_once
from storage.rules import Flagged


def ask_once(session: Session, verdict_id: int, kind: ActionKind, is_automatic: bool = False) -> None:
    """Ask for a call that one verdict needs once, however often it is asked for."""
    if kind == ActionKind.DELETE and moved.is_out_of_reach(session, verdict_id):
        return
    insert_once(session, Action, {"verdict_id": verdict_id, "kind": kind, "is_automatic": is_automatic, **_fresh(kind)})


def ask(
    session: Session, verdict_id: int, kind: ActionKind, for_good: bool = False, not_before: datetime | None = None
) -> None:
    """Ask for a call to be made, again if it was made before. What it undoes is not done any more, if it waits still."""
    if kind == ActionKind.DELETE and moved.is_out_of_reach(session, verdict_id):
        return
    opposite = (rules.UNDOES | rules.UNDONE_BY).get(kind)
    if opposite is not None:
        cancel(session, verdict_id, [opposite])
    ask_once(session, verdict_id, kind)
    again = _fresh(kind) | {"lease_holder": None, "lease_until": None}
    if for_good or _is_for_good(session, verdict_id, kind):
        again["until"] = None
    if not_before is not None:
        again["not_before"] = not_before
    session.execute(update(Action).where(Action.verdict_id == verdict_id, Action.kind == kind).values(**again))


def show(session: Session, verdict_id: int, may_wait: bool = True) -> None:
    """Have the moderators see it: the notice of an earlier edit, as long as it is undecided, says this one's words from now on.

    Where a chat has its fill of notices, and `may_wait`, a digest stands for it.
    """
    if (notice := _undecided_notice(session, verdict_id)) is not None:
        notice.verdict_id = verdict_id
        session.flush()
        ask(
            session, verdict_id, ActionKind.AMEND, not_before=notice.lease_until
        )  # one that is being sent is amended after
        return
    chat_id = session.scalars(select(Message.chat_id).join(Verdict).where(Verdict.id == verdict_id)).one()
    if may_wait and raids.is_on(session, chat_id):
        raids.ask_for_digest(session, chat_id)
    else:
        ask_once(session, verdict_id, ActionKind.NOTIFY)


def _undecided_notice(session: Session, verdict_id: int) -> Action | None:
    """The notice of another flag of the same message that nobody has settled."""
    of_it = select(Verdict.message_id).where(Verdict.id == verdict_id).scalar_subquery()
    told = select(Action).join(Verdict, Verdict.id == Action.verdict_id).where(Action.kind == ActionKind.NOTIFY)
    told = told.where(Verdict.message_id == of_it, Verdict.id < verdict_id, ~is_settled())
    told = told.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    return session.scalars(told.order_by(Action.verdict_id.desc()).limit(1)).first()


def _is_for_good(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether a ban without an end was asked for and is not undone: it stays one, whatever is asked for later."""
    earlier = select(Action.id).where(Action.verdict_id == verdict_id, Action.kind == kind, Action.until.is_(None))
    earlier = earlier.where(Action.kind == ActionKind.BAN, Action.state != ActionState.CANCELLED)
    return session.scalars(earlier).first() is not None


def _fresh(kind: ActionKind) -> dict[str, Any]:
    moment = now()
    return {
        "kind": kind, "state": ActionState.PENDING, "attempts": 0, "not_before": moment, "created_at": moment,
        "until": moment + rules.BAN_LASTS if kind in rules.UNDOES else None,
    }  # fmt: skip


def cancel(session: Session, verdict_id: int, kinds: Iterable[ActionKind]) -> None:
    """Leave undone what waits still. What is being done right now is not stopped."""
    waiting = update(Action).where(Action.verdict_id == verdict_id, Action.kind.in_(list(kinds)))
    free = Action.lease_until.is_(None) | (Action.lease_until < now())
    waiting = waiting.where(Action.state == ActionState.PENDING, free)
    session.execute(waiting.values(state=ActionState.CANCELLED))


def errand(session: Session, chat_id: int, kind: ActionKind, **about: Any) -> None:
    """Ask for a call that belongs to no verdict: `text`, `message_id`, `user_id`, `until` as the kind needs them."""
    if (about.get("message_id") or 0) < 0:
        return  # it stayed behind in a basic group, where nothing can be deleted any more
    session.add(Action(chat_id=chat_id, kind=kind, **about))
    session.flush()


def for_flags(session: Session, spam: Sequence[Verdict]) -> list[int]:
    """What the chats' modes ask for of messages just found spam. Returns the verdicts that ask for anything."""
    rows = select(Verdict, Chat).join(Verdict.message).join(Message.chat)
    rows = rows.where(Verdict.id.in_([verdict.id for verdict in spam]), Chat.platform == Platform.TELEGRAM)
    is_stopped = switches.is_stopped(session)
    asked = []
    for verdict, chat in session.execute(rows.order_by(Verdict.id)):
        flagged = Flagged(
            chat.mode,
            verdict.score >= verdict.act_threshold,
            verdict.standing == Standing.GOOD,
            is_stopped or chat.paused_at is not None,
        )
        for kind in rules.for_flag(flagged):
            if kind == ActionKind.NOTIFY:
                show(session, verdict.id)
            else:
                ask_once(session, verdict.id, kind, is_automatic=True)
        asked.append(verdict.id)
    return asked


def for_correction(session: Session, correction: Correction) -> None:
    """The notice says who decided; a moderator's "spam" acts as the chat's mode has it, "not spam" undoes all of it."""
    if (chat := _group(session, correction.verdict_id)) is None:
        return
    ask(session, correction.verdict_id, ActionKind.AMEND)
    if correction.state == CorrectionState.DISPUTED:
        cancel(session, correction.verdict_id, [ActionKind.DELETE, *rules.UNDOES])
    _carry_out(session, correction, chat)
    if correction.state == CorrectionState.ACCEPTED and not correction.is_spam:
        _stop_if_wrong_too_often(session, chat)


def for_repeated(session: Session, correction: Correction) -> None:
    """The same said again: what it asks for and is not done, or was not asked for by the chat's mode then, is asked for now."""
    if (chat := _group(session, correction.verdict_id)) is None:
        return
    _carry_out(session, correction, chat)
    waits = select(Action.id).where(Action.verdict_id == correction.verdict_id, Action.state == ActionState.PENDING)
    if session.scalars(waits.where(Action.kind.in_(rules.TOLD), Action.not_before <= now())).first() is not None:
        ask(session, correction.verdict_id, ActionKind.AMEND)


def _group(session: Session, verdict_id: int) -> Chat | None:
    """Telegram's group in which a message was judged, if it was in one."""
    found = select(Chat).join(Message).join(Verdict).where(Verdict.id == verdict_id)
    return session.scalars(found.where(Chat.platform == Platform.TELEGRAM)).one_or_none()


def _carry_out(session: Session, correction: Correction, chat: Chat) -> None:
    if correction.state != CorrectionState.ACCEPTED:
        return
    if not correction.is_spam:
        undo(session, correction.verdict_id)
        return
    for kind in rules.for_spam(chat.mode):
        act(session, correction.verdict_id, kind)


def for_nobody(session: Session, withdrawn: Correction) -> None:
    """Nobody says anything of the message any more: what a "spam" had done is undone, and the notice says so."""
    if _group(session, withdrawn.verdict_id) is None:
        return
    ask(session, withdrawn.verdict_id, ActionKind.AMEND)
    if withdrawn.is_spam:
        undo(session, withdrawn.verdict_id)


def _stop_if_wrong_too_often(session: Session, chat: Chat) -> None:
    """Pause a chat in which moderators undid too much of what was done without them, and tell them."""
    wrong = (
        select(func.count(distinct(Verdict.message_id)))
        .join(Correction, Correction.verdict_id == Verdict.id)
        .join(Action, Action.verdict_id == Verdict.id)
        .join(Verdict.message)
        .where(Message.chat_id == chat.id, Action.is_automatic, Correction.state == CorrectionState.ACCEPTED)
        .where(~Correction.is_spam, Correction.created_at > now() - rules.WRONG_WITHIN)
    )
    if chat.paused_at is None and session.scalars(wrong).one() >= rules.WRONG_AT_MOST:
        switches.pause(chat, rules.TOO_OFTEN_WRONG)
        stop_waiting(session, chat.id, now())
        announce(session, chat.id, rules.TOO_OFTEN_WRONG)


def for_order(session: Session, order: Order, verdict_id: int) -> None:
    """What a command asks for besides a correction."""
    for kind in rules.for_order(order.kind):
        act(session, verdict_id, kind, for_good=order.kind == OrderKind.BAN_FOR_GOOD)
    if rules.for_order(order.kind) and _state(session, verdict_id, ActionKind.NOTIFY) is not None:
        ask(session, verdict_id, ActionKind.AMEND)


def for_copy(session: Session, verdict_id: int) -> None:
    """A moderator's "spam" of words that somebody else said first: done as the chat's mode has it, and not learned."""
    found = select(Chat).join(Message).join(Verdict).where(Verdict.id == verdict_id)
    chat = session.scalars(found).one()
    for kind in rules.for_spam(chat.mode):
        act(session, verdict_id, kind)
    announce(session, chat.id, rules.SAID_BEFORE)


def act(session: Session, verdict_id: int, kind: ActionKind, for_good: bool = False) -> None:
    """Ask for a call unless it was made and nothing undid it since; one that failed is tried again."""
    made = _state(session, verdict_id, kind)
    undone = kind in rules.UNDOES and sanctions.is_undone(session, verdict_id, kind)
    if made in (ActionState.PENDING, ActionState.DONE) and not undone and not for_good:
        return
    ask(session, verdict_id, kind, for_good)


def undo(session: Session, verdict_id: int) -> None:
    """Take back whatever was done about a message, by whomever; a deleted message stays deleted.

    A ban that another message of the same author asks for too stands until that one is undone as well.
    """
    cancel(session, verdict_id, [ActionKind.DELETE, *rules.UNDOES])
    this = update(Action).where(Action.verdict_id == verdict_id)
    given_up = this.where(Action.kind.in_(rules.UNDOES), Action.state == ActionState.FAILED)
    session.execute(given_up.values(state=ActionState.CANCELLED))  # it is not to be done when they come back, say
    for kind, reverse in rules.UNDOES.items():
        if not _was_made(session, verdict_id, kind):
            continue
        if sanctions.stands_for_another(session, verdict_id, kind):
            sanctions.leave_to_others(session, verdict_id, kind)
        else:
            ask(session, verdict_id, reverse)


def _was_made(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether a sanction was made or is being made; one that was asked for anew, and is cancelled, stands as it was."""
    mine = select(Action.id).where(Action.verdict_id == verdict_id, Action.kind == kind)
    is_made = Action.state.in_((ActionState.PENDING, ActionState.DONE)) | Action.receipt.is_not(None)
    return session.scalars(mine.where(is_made)).first() is not None


def _state(session: Session, verdict_id: int, kind: ActionKind) -> ActionState | None:
    return session.scalars(select(Action.state).filter_by(verdict_id=verdict_id, kind=kind)).one_or_none()


def follow_album(session: Session, message: Message) -> None:
    """A message that comes with an album of which one is to be deleted goes with it."""
    if message.album_id is None:
        return
    mates = select(Verdict.id).join(Verdict.message).filter_by(chat_id=message.chat_id, album_id=message.album_id)
    numbers = [part.message_id for part in albums.together(session, message)]
    by_errand = (Action.chat_id == message.chat_id) & Action.message_id.in_(numbers)
    doomed = select(Action.id).where(Action.kind == ActionKind.DELETE, Action.verdict_id.in_(mates) | by_errand)
    doomed = doomed.where(Action.state.in_((ActionState.PENDING, ActionState.DONE))).limit(1)
    if session.scalars(doomed).first() is not None:
        errand(session, message.chat_id, ActionKind.DELETE, message_id=message.message_id)


def come_back(session: Session, chat_id: int, user_ids: Sequence[int]) -> None:
    """People joined a chat (its row): what could not be done to them since they had left is done now, and said."""
    for verdict_id in sanctions.come_back(session, chat_id, user_ids):
        ask(session, verdict_id, ActionKind.AMEND)


def taken_over(session: Session, chat_id: int, user_id: int, at: datetime) -> None:
    """Somebody else sanctioned a person in a chat (its row) or let them go: the notices about them say so."""
    for verdict_id in sanctions.taken_over(session, chat_id, user_id, at):
        ask(session, verdict_id, ActionKind.AMEND)


def announce(session: Session, chat_id: int, text: str) -> None:
    """A sentence where the moderators of a chat read."""
    errand(session, chat_id, ActionKind.ANNOUNCE, text=text)


def announce_once(session: Session, chat_id: int, text: str) -> None:
    """The same, unless it was said a moment ago: one press may decide thousands of messages."""
    said = select(Action.id).filter_by(chat_id=chat_id, kind=ActionKind.ANNOUNCE, text=text)
    if session.scalars(said.where(Action.created_at > now() - rules.SAID_ENOUGH).limit(1)).first() is None:
        announce(session, chat_id, text)


def stop_waiting(session: Session, chat_id: int | None, moment: datetime) -> None:
    """Leave undone what was asked for without a moderator, in one chat or in all, up to that moment."""
    automatic = update(Action).where(Action.is_automatic, Action.state == ActionState.PENDING)
    automatic = automatic.where(Action.created_at <= moment)
    if chat_id is not None:
        there = select(Verdict.id).join(Verdict.message).where(Message.chat_id == chat_id)
        automatic = automatic.where(Action.verdict_id.in_(there))
    session.execute(automatic.values(state=ActionState.CANCELLED))
