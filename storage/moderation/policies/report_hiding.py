"""Where a chat wants it, enough members' reports take a message out of the chat until a moderator decides.

The words stay for the moderators in the notice. "Not spam" has the bot post them again, and "spam" after that deletes
what it posted. Nothing is hidden in a chat that only observes or is paused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.access import switches
from storage.arrays import among
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    Hold,
    HoldState,
    Message,
    Mode,
    Platform,
    Report,
    Verdict,
    now,
)
from storage.moderation import standing
from storage.moderation.policies.holds import REPORTS
from storage.moderation.policies.opinions import Judged
from storage.moderation.requested_actions import requests
from storage.moderation.verdicts import is_settled
from storage.upsert import insert_once

MADE = (ActionState.PENDING, ActionState.DONE)  # or about to be


def hide(session: Session, chat: Chat, message: Message, verdict_id: int) -> bool:
    """Ask for the deletion of a message that enough members reported. Returns whether that is new.

    What moderators decided on stays as they left it, and so does everything of a member in good standing.
    """
    if not _is_reported_enough(session, chat, message.id) or not _may_be_hidden(session, chat, message, verdict_id):
        return False
    hold = {"message_id": message.id, "reason": REPORTS, "state": HoldState.HELD, "created_at": now()}
    if not insert_once(session, Hold, hold):
        return False
    requests.show(session, verdict_id, may_wait=False)
    requests.ask_once(session, verdict_id, ActionKind.DELETE, is_automatic=True)
    requests.act(session, verdict_id, ActionKind.DELETE)  # again, where it was cancelled before
    return True


def _is_reported_enough(session: Session, chat: Chat, message_row: int) -> bool:
    needed = chat.chosen.reports_hide
    reporters = select(func.count()).where(Report.message_id == message_row)
    return needed > 0 and session.scalars(reporters).one() >= needed


def _may_be_hidden(session: Session, chat: Chat, message: Message, verdict_id: int) -> bool:
    is_at_rest = chat.mode == Mode.OBSERVE or chat.paused_at is not None or switches.is_stopped(session)
    if is_at_rest or chat.platform != Platform.TELEGRAM or message.message_id < 0:
        return False
    settled = select(Verdict.id).where(Verdict.message_id == message.id, is_settled())
    if session.scalars(settled.limit(1)).first() is not None:
        return False
    if requests.state(session, verdict_id, ActionKind.DELETE) in MADE:
        return False
    return not standing.is_good(session, chat, message.author_id)


def after_verdicts(session: Session, judged: Sequence[Judged]) -> Iterable[int]:
    """Hide what was reported before it had a verdict. Returns the verdicts whose messages are hidden."""
    if not any(one.chat.chosen.reports_hide for one in judged):
        return []
    reported = set(
        session.scalars(select(Report.message_id).where(among(Report.message_id, [one.message.id for one in judged])))
    )
    return [
        one.verdict.id
        for one in judged
        if one.message.id in reported and hide(session, one.chat, one.message, one.verdict.id)
    ]


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Have a hidden message posted again once a moderator says that it is no spam, and deleted for good if it is."""
    hold = session.scalars(_hold_of(correction.verdict_id)).one_or_none()
    if hold is None:
        return
    hold.state = HoldState.REFUSED if correction.is_spam else HoldState.RELEASED
    hold.decided_by, hold.decided_at = correction.actor, now()
    if correction.is_spam:
        _take_down(session, hold.message_id, chat)
    else:
        _post_again(session, hold.message_id, correction.verdict_id)


def _hold_of(verdict_id: int) -> Select[Hold]:
    holds = select(Hold).join(Verdict, Verdict.message_id == Hold.message_id)
    return holds.where(Verdict.id == verdict_id, Hold.reason == REPORTS)


def _post_again(session: Session, message_row: int, verdict_id: int) -> None:
    """Ask for it, unless the message still stands; a deletion that is being made comes first."""
    deletion = session.scalars(_calls(message_row, ActionKind.DELETE)).first()
    if deletion is None or session.scalars(_calls(message_row, ActionKind.RESTORE)).first() is not None:
        return
    is_under_way = deletion.state == ActionState.PENDING
    requests.ask(session, verdict_id, ActionKind.RESTORE, not_before=deletion.lease_until if is_under_way else None)


def _take_down(session: Session, message_row: int, chat: Chat) -> None:
    """Have what the bot posted again deleted, or not posted at all."""
    for restored in session.scalars(_calls(message_row, ActionKind.RESTORE)).all():
        receipt = restored.receipt or {}
        restored.state = ActionState.CANCELLED
        session.flush()
        if receipt.get("chat_id") == chat.external_id and "message_id" in receipt:
            requests.ask_in_chat(session, chat.id, ActionKind.DELETE, message_id=receipt["message_id"])


def _calls(message_row: int, kind: ActionKind) -> Select[Action]:
    """Calls of that kind about the message that were made or wait, the newest first."""
    calls = select(Action).join(Verdict, Verdict.id == Action.verdict_id).where(Verdict.message_id == message_row)
    return calls.where(Action.kind == kind, Action.state.in_(MADE)).order_by(Action.id.desc())
