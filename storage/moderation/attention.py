"""Shows moderators messages of accounts that ask for a look, whatever the score; nothing else follows from that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from storage.models import Action, ActionKind, ActionState, Message, Verdict, now
from storage.moderation.requested_actions import requests

ONCE_WITHIN = timedelta(days=1)  # of one member in one chat, so that nobody's account fills the moderators' chat


def show_once(session: Session, verdict_ids: Collection[int]) -> list[int]:
    """Ask for notices of those of these verdicts that were no flags. Returns them.

    A member of whom there was a notice in the chat lately, for whatever reason, is not shown again.
    """
    rows = select(Verdict.id, Message.chat_id, Message.author_id).join(Verdict.message)
    rows = rows.where(Verdict.id.in_(verdict_ids), ~Verdict.is_spam).order_by(Verdict.id)
    shown = []
    for verdict_id, chat_id, author_id in session.execute(rows).all():
        if not _was_shown(session, chat_id, author_id):
            requests.show(session, verdict_id, may_wait=False)
            shown.append(verdict_id)
    return shown


def refresh(session: Session, verdict_id: int) -> bool:
    """Bring the verdict's notice up to date, if it has one; one that is being sent is amended afterwards.

    Returns whether it has one.
    """
    notices = select(Action).filter_by(verdict_id=verdict_id, kind=ActionKind.NOTIFY)
    notices = notices.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    if (notice := session.scalars(notices).one_or_none()) is None:
        return False
    requests.ask(session, verdict_id, ActionKind.AMEND, not_before=notice.lease_until)
    return True


def _was_shown(session: Session, chat_id: int, author_id: int | None) -> bool:
    """Whether a notice about this author was asked for in this chat lately."""
    judged, written = aliased(Verdict), aliased(Message)
    notices = (
        select(Action.id).join(judged, judged.id == Action.verdict_id).join(written, written.id == judged.message_id)
    )
    notices = notices.where(Action.kind == ActionKind.NOTIFY, Action.created_at > now() - ONCE_WITHIN)
    notices = notices.where(written.chat_id == chat_id, written.author_id == author_id).limit(1)
    return session.scalars(notices).first() is not None
