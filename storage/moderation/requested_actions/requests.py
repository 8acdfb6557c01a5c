"""Requests for calls to the outside world, as rows: asked for, cancelled, undone. `consequences` decides which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import nights, rules
from storage.access import moved
from storage.models import Action, ActionKind, ActionState, Chat, Message, Verdict, now
from storage.moderation import raids, sanctions, sanctions_in_force
from storage.moderation.requested_actions import terms
from storage.moderation.verdicts import is_settled
from storage.rules import Term
from storage.upsert import insert_once


def ask_once(
    session: Session, verdict_id: int, kind: ActionKind, is_automatic: bool = False, term: Term | None = None
) -> None:
    """Ask for a call that a verdict needs once, however often it is asked for."""
    if kind == ActionKind.DELETE and moved.is_out_of_reach(session, verdict_id):
        return
    values = {"verdict_id": verdict_id, "is_automatic": is_automatic, **_fresh(session, verdict_id, kind, term)}
    insert_once(session, Action, values)


def ask(
    session: Session, verdict_id: int, kind: ActionKind, term: Term | None = None, not_before: datetime | None = None
) -> None:
    """Ask for a call, again if it was made before; a waiting call that it undoes is cancelled.

    A sanction lasts for `term`, or as long as the chat chose.
    """
    if kind == ActionKind.DELETE and moved.is_out_of_reach(session, verdict_id):
        return
    opposite = (rules.UNDOES | rules.UNDONE_BY).get(kind)
    if opposite is not None:
        cancel(session, verdict_id, [opposite])
    ask_once(session, verdict_id, kind, term=term)
    values = _fresh(session, verdict_id, kind, term) | {"lease_holder": None, "lease_until": None}
    values |= terms.earlier_and_longer(session, verdict_id, kind, values["until"])
    if not_before is not None:
        values["not_before"] = not_before
    session.execute(update(Action).where(Action.verdict_id == verdict_id, Action.kind == kind).values(**values))


def _fresh(session: Session, verdict_id: int, kind: ActionKind, term: Term | None) -> dict[str, Any]:
    moment = now()
    if term is None and kind in rules.UNDOES:
        term = terms.of_verdict(session, verdict_id)
    return {
        "kind": kind,
        "state": ActionState.PENDING,
        "attempts": 0,
        "unanswered": 0,
        "not_before": moment,
        "created_at": moment,
        **terms.columns(kind, term or rules.FOR_GOOD, moment),
    }


def cancel(session: Session, verdict_id: int, kinds: Iterable[ActionKind]) -> None:
    """Cancel what still waits. A call that is being made right now is not stopped."""
    waiting = update(Action).where(Action.verdict_id == verdict_id, Action.kind.in_(list(kinds)))
    is_free = Action.lease_until.is_(None) | (Action.lease_until < now())
    waiting = waiting.where(Action.state == ActionState.PENDING, is_free)
    session.execute(waiting.values(state=ActionState.CANCELLED))


def stop_waiting(session: Session, chat_id: int | None, moment: datetime) -> None:
    """Cancel automatic requests made up to that moment, in one chat or in all; what lifts a sanction goes on."""
    automatic = update(Action).where(Action.is_automatic, Action.state == ActionState.PENDING)
    automatic = automatic.where(Action.created_at <= moment, Action.kind.not_in(rules.UNDONE_BY))
    if chat_id is not None:
        in_chat = select(Verdict.id).join(Verdict.message).where(Message.chat_id == chat_id)
        automatic = automatic.where(Action.verdict_id.in_(in_chat) | (Action.chat_id == chat_id))
    session.execute(automatic.values(state=ActionState.CANCELLED))


def show(session: Session, verdict_id: int, may_wait: bool = True) -> None:
    """Show a flag to the moderators: an undecided notice of an earlier edit moves on to this one's words.

    At night, where the chat wants that, and where it has had its fill of notices, a digest stands for what `may_wait`.
    """
    if (notice := _undecided_notice(session, verdict_id)) is not None:
        being_sent_until = notice.lease_until  # a notice that is being sent is amended afterwards
        notice.verdict_id = verdict_id
        session.flush()
        ask(session, verdict_id, ActionKind.AMEND, not_before=being_sent_until)
        return
    chat = session.scalars(select(Chat).join(Message).join(Verdict).where(Verdict.id == verdict_id)).one()
    morning = nights.morning(chat.chosen.quiet_night, chat.chosen.time_zone, now())
    if may_wait and (morning is not None or raids.is_on(session, chat.id)):
        raids.ask_for_digest(session, chat.id, morning)
    else:
        ask_once(session, verdict_id, ActionKind.NOTIFY)


def _undecided_notice(session: Session, verdict_id: int) -> Action | None:
    """The notice of an earlier flag of the same message that nobody has settled."""
    message_row = select(Verdict.message_id).where(Verdict.id == verdict_id).scalar_subquery()
    notices = select(Action).join(Verdict, Verdict.id == Action.verdict_id).where(Action.kind == ActionKind.NOTIFY)
    notices = notices.where(Verdict.message_id == message_row, Verdict.id < verdict_id, ~is_settled())
    notices = notices.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    return session.scalars(notices.order_by(Action.verdict_id.desc()).limit(1)).first()


def act(session: Session, verdict_id: int, kind: ActionKind, term: Term | None = None) -> None:
    """Ask for a call unless it was made and not undone since; one that failed, is over or was shorter is asked for again."""
    is_undone = kind in rules.UNDOES and sanctions_in_force.is_undone(session, verdict_id, kind)
    is_asked_for = state(session, verdict_id, kind) in (ActionState.PENDING, ActionState.DONE)
    if is_undone or not is_asked_for or terms.asks_for_more(session, verdict_id, kind, term):
        ask(session, verdict_id, kind, term)


def state(session: Session, verdict_id: int, kind: ActionKind) -> ActionState | None:
    """The state of a verdict's call of that kind; None where it was never asked for."""
    return session.scalars(select(Action.state).filter_by(verdict_id=verdict_id, kind=kind)).one_or_none()


def undo(session: Session, verdict_id: int) -> None:
    """Undo everything done about a message, whoever did it; a deleted message stays deleted.

    A sanction that another message of the same author keeps in force stands until that one is undone as well.
    """
    cancel(session, verdict_id, [ActionKind.DELETE, *rules.UNDOES])
    failed = update(Action).where(Action.verdict_id == verdict_id)
    failed = failed.where(Action.kind.in_(rules.UNDOES), Action.state == ActionState.FAILED)
    session.execute(failed.values(state=ActionState.CANCELLED))  # else it is done when the person comes back
    for kind, reverse in rules.UNDOES.items():
        if not _was_made(session, verdict_id, kind):
            continue
        if sanctions_in_force.stands_for_another(session, verdict_id, kind):
            sanctions.leave_to_others(session, verdict_id, kind)
        else:
            ask(session, verdict_id, reverse)


def _was_made(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether a sanction was or is being made; a receipt tells it of one whose later request was cancelled."""
    requests = select(Action.id).where(Action.verdict_id == verdict_id, Action.kind == kind)
    is_made = Action.state.in_((ActionState.PENDING, ActionState.DONE)) | Action.receipt.is_not(None)
    return session.scalars(requests.where(is_made)).first() is not None


def retry_for_returned(session: Session, chat_id: int, user_ids: Sequence[int]) -> None:
    """People joined a chat (its row): sanctions that failed because they had left are tried again."""
    for verdict_id in sanctions.retry_for_returned(session, chat_id, user_ids):
        ask(session, verdict_id, ActionKind.AMEND)


def note_taken_over(session: Session, chat_id: int, user_id: int, at: datetime) -> None:
    """Somebody sanctioned or released a person in a chat (its row) by hand: the notices about that person say so."""
    for verdict_id in sanctions.mark_taken_over(session, chat_id, user_id, at):
        ask(session, verdict_id, ActionKind.AMEND)


def ask_in_chat(session: Session, chat_id: int, kind: ActionKind, **about: Any) -> None:
    """Ask for a call that belongs to no verdict; `about` has the columns `text`, `message_id`, `user_id` or `until`."""
    if (about.get("message_id") or 0) < 0:
        return  # it stayed behind in a basic group, where nothing can be deleted any more
    session.add(Action(chat_id=chat_id, kind=kind, **about))
    session.flush()


def announce(session: Session, chat_id: int, text: str) -> None:
    """Post a sentence where the chat's moderators read."""
    ask_in_chat(session, chat_id, ActionKind.ANNOUNCE, text=text)


def announce_once(session: Session, chat_id: int, text: str, not_before: datetime | None = None) -> None:
    """The same, unless it waits or was posted within ANNOUNCED_ONCE_WITHIN: one press may decide thousands of messages."""
    same = select(Action.id).filter_by(chat_id=chat_id, kind=ActionKind.ANNOUNCE, text=text)
    is_recent = (Action.created_at > now() - rules.ANNOUNCED_ONCE_WITHIN) | (Action.not_before > now())
    if session.scalars(same.where(is_recent).limit(1)).first() is None:
        ask_in_chat(session, chat_id, ActionKind.ANNOUNCE, text=text, not_before=not_before or now())
