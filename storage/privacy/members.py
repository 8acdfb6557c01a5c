"""What is stored about a person, and how it is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from storage.access import audit, joins, trust
from storage.learning import erasure
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Appeal,
    CaseMessage,
    Chat,
    Correction,
    CorrectionState,
    Message,
    MessageState,
    Report,
    Verdict,
)
from storage.moderation import attention, cases, listings, posted_again, reactors, warnings
from storage.moderation.sanctions_in_force import SANCTIONS
from storage.processes import updates
from storage.types import ERASED

TO_OR_FROM_MEMBERS = (ActionKind.APPEAL, ActionKind.INFORM)


@dataclass(frozen=True)
class About:
    """What is stored about a person in one chat."""

    chat_title: str
    messages: int
    spam: int
    nameless: int = 0  # of these, stored with the author's number but no name


def about(session: Session, user_id: int) -> list[About]:
    """Counts of a person's messages by chat; of erased messages the author's number may be kept for a while."""
    nameless = func.count().filter(Message.author_name == ERASED, Message.author_id.is_not(None))
    flagged = func.count().filter(Message.state == MessageState.SPAM)
    counts = select(Chat.title, func.count(), flagged, nameless)
    counts = counts.select_from(Message).join(Chat, Chat.id == Message.chat_id).where(Message.author_id == user_id)
    return [About(*row) for row in session.execute(counts.group_by(Chat.id, Chat.title).order_by(Chat.id))]


def reports_by(session: Session, user_id: int) -> int:
    """How many messages this person reported."""
    return session.scalars(select(func.count()).where(Report.reporter_id == user_id)).one()


def forget(session: Session, user_id: int) -> int:
    """Erase this person's texts, name and number; verdicts and counts stay. Returns how many messages.

    Texts that moderators decided to be spam are still learned from, without a name; a sanction keeps the number that it
    needs to be lifted.
    """
    messages = select(Message).where(Message.author_id == user_id).order_by(Message.id)
    spam = set(session.scalars(messages.where(Message.id.in_(_decided_spam())).with_only_columns(Message.id)))
    rows = list(session.scalars(messages.with_only_columns(Message.id)))
    erasure.lock(session, rows)
    posted_again.take_back(session, user_id)
    warnings.forget(session, user_id)
    _refresh_notices(session, user_id)
    still_learned = [row for row in rows if row in spam]
    erasure.forget_authors(session, still_learned)
    erasure.forget_pictures(session, still_learned)
    erasure.erase(session, [row for row in rows if row not in spam])
    session.execute(delete(Report).where(Report.reporter_id == user_id))
    session.execute(update(Appeal).where(Appeal.user_id == user_id).values(text=ERASED))
    session.execute(delete(Appeal).where(Appeal.user_id == user_id, ~_is_in_force()))
    session.execute(delete(Action).where(Action.kind.in_(TO_OR_FROM_MEMBERS), Action.user_id == user_id))
    joins.forget(session, user_id)
    trust.forget(session, user_id)
    listings.forget(session, user_id)
    reactors.forget(session, user_id)
    updates.forget_person(session, user_id)
    audit.forget_member(session, user_id)
    return len(rows)


def _refresh_notices(session: Session, user_id: int) -> None:
    """Have the notices of this person's messages and floods repeat no longer what is erased."""
    notified = select(Action.verdict_id).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    notified = notified.where(Message.author_id == user_id, Action.kind == ActionKind.NOTIFY)
    for verdict_id in session.scalars(notified).all():
        attention.refresh(session, verdict_id or 0)
    gathered = select(CaseMessage.case_id).join(Message, Message.id == CaseMessage.message_id)
    for case_id in session.scalars(gathered.where(Message.author_id == user_id).distinct()).all():
        cases.refresh(session, case_id)


def _decided_spam() -> Select[int]:
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    return decided.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam)


def _is_in_force() -> ColumnElement[bool]:
    """Whether an appeal's sanction is in force: having the appeal forgotten must not allow a second one."""
    sanction = select(Action.id).where(Action.verdict_id == Appeal.verdict_id, Action.kind.in_(SANCTIONS))
    return sanction.where(Action.state == ActionState.DONE).correlate(Appeal).exists()
