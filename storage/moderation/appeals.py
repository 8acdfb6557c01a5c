"""Banned members may appeal once, whether they were banned for a message or by an order without a verdict."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Appeal, Message, Verdict, now
from storage.moderation import pardons
from storage.moderation.requested_actions import requests
from storage.moderation.sanctions_in_force import SANCTIONS
from storage.upsert import insert_once

LONGEST_APPEAL = 500  # characters


def appeal(session: Session, user_id: int, text: str, name: str = "") -> bool | None:
    """Pass an appeal against the latest ban to the moderators. None without a ban in force, False the second time."""
    verdict_id = _banned_by(session, user_id)
    if verdict_id is None:
        return pardons.ask(session, user_id, f"{name}: {text[:LONGEST_APPEAL]}")
    values = {"verdict_id": verdict_id, "user_id": user_id, "text": text[:LONGEST_APPEAL], "created_at": now()}
    if not insert_once(session, Appeal, values):
        return False
    requests.ask(session, verdict_id, ActionKind.NOTIFY)
    return True


def _banned_by(session: Session, user_id: int) -> int | None:
    """The latest verdict whose ban or restriction of this person is in force."""
    sanctioning = (
        select(Verdict.id)
        .join(Verdict.message)
        .join(Action, Action.verdict_id == Verdict.id)
        .where(Message.author_id == user_id, Action.kind.in_(SANCTIONS), Action.state == ActionState.DONE)
    )
    return session.scalars(sanctioning.order_by(Verdict.id.desc()).limit(1)).first()


def texts(session: Session, verdict_ids: Collection[int]) -> dict[int, str]:
    """What the banned members wrote, by the verdict that banned them."""
    appeals = select(Appeal.verdict_id, Appeal.text).where(Appeal.verdict_id.in_(verdict_ids))
    return {verdict_id: text for verdict_id, text in session.execute(appeals)}  # noqa: C416 # rows are no pairs to mypy
