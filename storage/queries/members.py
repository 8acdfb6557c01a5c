"""Members' rights: what is stored about somebody, forgetting it, and being heard once after a ban."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Appeal,
    Chat,
    Correction,
    CorrectionState,
    Message,
    MessageState,
    Report,
    Verdict,
    now,
)
from storage.queries import asking, joins, pardons, snapshots
from storage.queries.sanctions import SANCTIONS
from storage.queries.upsert import insert_once
from storage.types import ERASED

LONGEST_APPEAL = 500  # characters


@dataclass(frozen=True)
class About:
    """What is stored about a person in one chat."""

    chat_title: str
    messages: int
    spam: int
    nameless: int = 0  # of them, known by a number alone


def about(session: Session, user_id: int) -> list[About]:
    """Counts of what a person wrote, chat by chat; of what they had erased, who it was may be kept still."""
    kept = func.count().filter(Message.author_name == ERASED, Message.author_id.is_not(None))
    flagged = func.count().filter(Message.state == MessageState.SPAM)
    counts = select(Chat.title, func.count(), flagged, kept)
    counts = counts.select_from(Message).join(Chat, Chat.id == Message.chat_id).where(Message.author_id == user_id)
    return [About(*row) for row in session.execute(counts.group_by(Chat.id, Chat.title).order_by(Chat.id))]


def reports_by(session: Session, user_id: int) -> int:
    return session.scalars(select(func.count()).where(Report.reporter_id == user_id)).one()


def forget(session: Session, user_id: int) -> int:
    """Erase every text and name of this person's, and who it was; verdicts and their counts stay. Returns how many.

    What moderators decided to be spam teaches on, without a name; a sanction keeps the number it needs to be lifted.
    """
    theirs = select(Message).where(Message.author_id == user_id).order_by(Message.id)
    spam = set(session.scalars(theirs.where(Message.id.in_(_decided_spam())).with_only_columns(Message.id)))
    rows = list(session.scalars(theirs))
    for message in rows:
        if message.id in spam:
            snapshots.forget_author(session, message)
        else:
            snapshots.erase(session, message.id)
    session.execute(delete(Report).where(Report.reporter_id == user_id))
    session.execute(update(Appeal).where(Appeal.user_id == user_id).values(text=ERASED))
    session.execute(delete(Appeal).where(Appeal.user_id == user_id, ~_stands_still()))
    session.execute(delete(Action).where(Action.kind == ActionKind.APPEAL, Action.user_id == user_id))
    joins.forget(session, user_id)
    return len(rows)


def _decided_spam() -> Select[int]:
    said = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    return said.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam)


def _stands_still() -> ColumnElement[bool]:
    """Whether what an appeal is about stands: who was heard once is not heard anew by having it forgotten."""
    about = select(Action.id).where(Action.verdict_id == Appeal.verdict_id, Action.kind.in_(SANCTIONS))
    return about.where(Action.state == ActionState.DONE).correlate(Appeal).exists()


def appeal(session: Session, user_id: int, text: str, name: str = "") -> bool | None:
    """Have the moderators look again at what last banned this person. None without a standing ban, False the second time."""
    verdict_id = _banned_by(session, user_id)
    if verdict_id is None:
        return pardons.ask(session, user_id, f"{name}: {text[:LONGEST_APPEAL]}")
    values = {"verdict_id": verdict_id, "user_id": user_id, "text": text[:LONGEST_APPEAL], "created_at": now()}
    if not insert_once(session, Appeal, values):
        return False
    asking.ask(session, verdict_id, ActionKind.NOTIFY)
    return True


def _banned_by(session: Session, user_id: int) -> int | None:
    """The verdict whose ban or restriction of this person stands."""
    standing = (
        select(Verdict.id)
        .join(Verdict.message)
        .join(Action, Action.verdict_id == Verdict.id)
        .where(Message.author_id == user_id, Action.kind.in_(SANCTIONS), Action.state == ActionState.DONE)
    )
    return session.scalars(standing.order_by(Verdict.id.desc()).limit(1)).first()


def appeal_on(session: Session, verdict_id: int) -> str | None:
    """What the banned member says."""
    return session.scalars(select(Appeal.text).where(Appeal.verdict_id == verdict_id)).one_or_none()
