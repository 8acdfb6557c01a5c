"""Members' rights: what is stored about somebody, forgetting it, and being heard once after a ban."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Appeal, Chat, Message, MessageState, Report, Verdict, now
from storage.queries import asking, joins, pardons, snapshots
from storage.queries.upsert import insert_once

SANCTIONS = (ActionKind.BAN, ActionKind.RESTRICT)
LONGEST_APPEAL = 500  # characters


@dataclass(frozen=True)
class About:
    """What is stored about a person in one chat."""

    chat_title: str
    messages: int
    spam: int


def about(session: Session, user_id: int) -> list[About]:
    """Counts of what a person wrote, chat by chat."""
    counts = select(Chat.title, func.count(), func.count().filter(Message.state == MessageState.SPAM))
    counts = counts.select_from(Message).join(Chat, Chat.id == Message.chat_id).where(Message.author_id == user_id)
    return [About(*row) for row in session.execute(counts.group_by(Chat.id, Chat.title).order_by(Chat.id))]


def reports_by(session: Session, user_id: int) -> int:
    return session.scalars(select(func.count()).where(Report.reporter_id == user_id)).one()


def forget(session: Session, user_id: int) -> int:
    """Erase every text and name of this person's, and who it was; verdicts and their counts stay. Returns how many."""
    rows = list(session.scalars(select(Message.id).where(Message.author_id == user_id).order_by(Message.id)))
    for row in rows:
        snapshots.erase(session, row)
    session.execute(delete(Report).where(Report.reporter_id == user_id))
    session.execute(delete(Appeal).where(Appeal.user_id == user_id))
    session.execute(delete(Action).where(Action.kind == ActionKind.APPEAL, Action.user_id == user_id))
    joins.forget(session, user_id)
    return len(rows)


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
