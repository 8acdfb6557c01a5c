"""Changes what is recorded of hamlet's sanctions: lifted, taken over by hand, retried, put off, imposed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import null, or_, select
from sqlalchemy.orm import Session

from storage import rules
from storage.models import Action, ActionKind, ActionState, Message, Verdict, now
from storage.moderation.sanctions_in_force import MOST_AMENDED, SANCTIONS, in_force, sanctions_on
from storage.sanctions import SAME, Reason, length


def mark_lifted(session: Session, chat_id: int, user_id: int, by: ActionKind) -> None:
    """Hamlet's sanction on this person was lifted, so one that Telegram reports later is somebody else's.

    A restriction for another message that a ban had replaced is imposed again.
    """
    if by == ActionKind.UNBAN:
        impose_again(session, chat_id, user_id, ActionKind.RESTRICT)
    ended = (rules.UNDONE_BY[by],) if by == ActionKind.LIFT else SANCTIONS
    for action in session.scalars(sanctions_on([chat_id], [user_id])):
        if action.kind in ended and action.state != ActionState.PENDING:
            action.receipt = null()  # SQL's NULL, not JSON's


def mark_taken_over(session: Session, chat_id: int, user_id: int, at: datetime) -> list[int]:
    """Somebody changed by hand what this person may do, so hamlet's sanctions count no longer.

    Returns the verdicts whose notices mention them.
    """
    earlier = sanctions_on([chat_id], [user_id]).where(Action.state == ActionState.DONE, Action.done_at <= at + SAME)
    actions = list(session.scalars(earlier))
    for action in actions:
        action.receipt = null()  # SQL's NULL, not JSON's
    session.flush()
    return [action.verdict_id for action in actions if action.verdict_id is not None][-MOST_AMENDED:]


def retry_for_returned(session: Session, chat_id: int, user_ids: Sequence[int]) -> list[int]:
    """Try again the sanctions that failed because these people had left. Returns the verdicts that ask for them."""
    missed = sanctions_on([chat_id], user_ids).where(Action.state == ActionState.FAILED, Action.error == Reason.LEFT)
    verdict_ids = []
    for action in session.scalars(missed.where(or_(Action.until.is_(None), Action.until > now()))):
        _make_pending(action)
        if action.verdict_id is not None:
            verdict_ids.append(action.verdict_id)
    session.flush()
    return verdict_ids


def schedule_release(session: Session, action_id: int, receipt: dict[str, Any]) -> None:
    """Ask for the lifting, at its end, of a sanction that Telegram does not end as it should.

    Telegram gives a channel's sanction no end, and does not restore a sanction by hand that stood there before.
    """
    action = session.get_one(Action, action_id)
    replaces_another = action.kind == ActionKind.RESTRICT and receipt.get("before")
    if action.until is None or not (receipt.get("channel") or replaces_another):
        return
    undo = rules.UNDOES[action.kind]
    releases = select(Action).where(Action.kind == undo, Action.verdict_id == action.verdict_id)
    release = session.scalars(releases).first() if action.verdict_id is not None else None
    if release is None:
        release = Action(verdict_id=action.verdict_id, chat_id=action.chat_id, user_id=action.user_id, kind=undo)
        session.add(release)
    release.state, release.attempts = ActionState.PENDING, 0
    release.lasts = action.lasts
    release.until = release.not_before = min(action.until, now() + length(action.lasts))
    session.flush()


def put_off_release(session: Session, release_id: int, chat_id: int, user_id: int) -> bool:
    """Put a release off while another sanction of hamlet's lasts longer. Returns False where none does.

    Where that one has no end, or is a channel's and so has a release of its own, this release is cancelled.
    """
    release = session.get_one(Action, release_id)
    others = in_force(chat_id, user_id, rules.UNDONE_BY[release.kind])
    ends = {action.until: action.lasts for action in session.scalars(others)}
    if not ends:
        return False
    release.lease_holder = release.lease_until = None
    if user_id < 0 or None in ends:
        release.state = ActionState.CANCELLED
    else:
        last = max(end for end in ends if end is not None)
        release.until = release.not_before = last
        release.lasts = ends[last]
    session.flush()
    return True


def impose_again(session: Session, chat_id: int, user_id: int, kind: ActionKind) -> None:
    """Impose this person's sanctions in force as they were requested: a longer or harder one was undone."""
    if user_id > 0:  # a channel's has neither an end nor a kind
        for action in session.scalars(in_force(chat_id, user_id, kind)).all():
            _make_pending(action)
        session.flush()


def leave_to_others(session: Session, verdict_id: int, kind: ActionKind) -> None:
    """Withdraw a verdict's sanction that other verdicts keep in force; it then lasts as long as theirs."""
    own = select(Action, Message).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    action, message = session.execute(own.where(Action.verdict_id == verdict_id, Action.kind == kind)).one()
    action.state = ActionState.CANCELLED
    session.flush()
    if message.author_id is not None:
        impose_again(session, message.chat_id, message.author_id, kind)


def _make_pending(action: Action) -> None:
    action.state, action.attempts, action.not_before = ActionState.PENDING, 0, now()
