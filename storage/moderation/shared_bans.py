"""Bans of one person in several groups for one verdict: which belong to which."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, SharedBan, Verdict
from storage.moderation import sanctions_in_force
from storage.upsert import insert_once


def link(session: Session, action_id: int, verdict_id: int) -> None:
    """This ban is for this verdict too."""
    insert_once(session, SharedBan, {"action_id": action_id, "verdict_id": verdict_id})


def in_force(session: Session, chat_id: int, user_id: int) -> int | None:
    """The action that bans this person in this chat (its row) for what they wrote in another group, if there is one."""
    bans = sanctions_in_force.in_force(chat_id, user_id, ActionKind.BAN).where(
        Action.id.in_(select(SharedBan.action_id))
    )
    return session.scalars(bans.with_only_columns(Action.id).limit(1)).first()


def release(session: Session, verdict_id: int) -> list[Action]:
    """Unlink the bans from every verdict on this one's message. Returns those that no other message keeps, locked."""
    message_row = select(Verdict.message_id).where(Verdict.id == verdict_id).scalar_subquery()
    verdicts = select(Verdict.id).where(Verdict.message_id == message_row)
    own = select(SharedBan.action_id).where(SharedBan.verdict_id.in_(verdicts))
    action_ids = session.scalars(own.distinct()).all()
    if not action_ids:
        return []
    session.execute(delete(SharedBan).where(SharedBan.verdict_id.in_(verdicts)))
    kept = select(SharedBan.action_id).where(SharedBan.action_id.in_(action_ids))
    released = select(Action).where(Action.id.in_(action_ids), Action.id.not_in(kept))
    return list(session.scalars(released.order_by(Action.id).with_for_update()))


def verdicts_of(session: Session, action_id: int) -> list[int]:
    """The verdicts that a ban is for."""
    return list(session.scalars(select(SharedBan.verdict_id).where(SharedBan.action_id == action_id)))


def counts(session: Session, verdict_ids: Collection[int]) -> dict[int, int]:
    """In how many other groups the author is banned for each of these verdicts, those with none left out."""
    made: Select[int, int] = select(SharedBan.verdict_id, func.count()).join(Action, Action.id == SharedBan.action_id)
    made = made.where(SharedBan.verdict_id.in_(verdict_ids), Action.state == ActionState.DONE)
    rows = session.execute(made.group_by(SharedBan.verdict_id))
    return {verdict_id: n for verdict_id, n in rows}  # noqa: C416 # rows are no pairs to mypy
