"""Calls to the outside world that wait: claimed under a lease, done once, tried again later, or given up visibly."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Chat, Correction, Message, ModelVersion, Verdict, now
from storage.queries.judged import STANDING, judged_text
from storage.queries.upsert import insert_once

MAX_ATTEMPTS = 200  # with pauses of up to 15 minutes, two days: later Telegram deletes nothing any more
MODERATION_FIRST = (Action.kind != ActionKind.DELETE, Action.id)


@dataclass(frozen=True)
class Task:
    """One call to make: what kind, where, and about what."""

    action_id: int
    holder: str
    kind: ActionKind
    verdict_id: int
    chat_external_id: int
    chat_title: str
    moderators_chat_id: int | None
    message_id: int
    text: str
    score: float
    model_version: str
    notice: dict[str, Any] | None  # where the notice of this verdict stands, once it was sent
    corrections: tuple[Correction, ...]
    attempts: int = 1  # this one included


@dataclass(frozen=True)
class Announcement:
    """A sentence to post where the moderators of a chat read."""

    action_id: int
    holder: str
    chat_external_id: int
    moderators_chat_id: int | None
    text: str
    attempts: int = 1
    kind: ActionKind = ActionKind.ANNOUNCE
    verdict_id: None = None


def ask_once(session: Session, verdict_id: int, kind: ActionKind) -> None:
    """Ask for a call that one verdict needs once, however often it is asked for."""
    moment = now()
    insert_once(
        session,
        Action,
        {
            "verdict_id": verdict_id,
            "kind": kind,
            "state": ActionState.PENDING,
            "attempts": 0,
            "not_before": moment,
            "created_at": moment,
        },
    )


def ask(session: Session, verdict_id: int, kind: ActionKind) -> None:
    """Ask for a call to be made, again if it was made before."""
    ask_once(session, verdict_id, kind)
    again = {
        "state": ActionState.PENDING,
        "attempts": 0,
        "not_before": now(),
        "lease_holder": None,
        "lease_until": None,
    }
    session.execute(update(Action).where(Action.verdict_id == verdict_id, Action.kind == kind).values(**again))


def claim(session: Session, verdict_id: int | None, limit: int, lease_seconds: float) -> list[Task | Announcement]:
    """Take waiting actions (of one verdict, or of any), moderation before notices, for `lease_seconds`."""
    holder = uuid.uuid4().hex
    moment = now()
    is_free = or_(Action.lease_until.is_(None), Action.lease_until < moment)
    waiting = select(Action.id).where(Action.state == ActionState.PENDING, Action.not_before <= moment, is_free)
    if verdict_id is not None:
        waiting = waiting.where(Action.verdict_id == verdict_id)
    waiting = waiting.order_by(*MODERATION_FIRST).limit(limit)
    lease = {"lease_holder": holder, "lease_until": moment + timedelta(seconds=lease_seconds)}
    once = waiting.with_for_update(skip_locked=True).cte("free")  # a plain sub-select may run twice
    claimed = update(Action).where(Action.id.in_(select(once.c.id)))
    statement = claimed.values(**lease, attempts=Action.attempts + 1).returning(Action.id)
    ids = session.execute(statement.execution_options(synchronize_session=False)).scalars().all()
    return [*_tasks(session, holder, list(ids)), *_announcements(session, holder, list(ids))]


def _tasks(session: Session, holder: str, ids: list[int]) -> list[Task]:
    statement = (
        judged_text()
        .join(Action, Action.verdict_id == Verdict.id)
        .join(Chat, Chat.id == Message.chat_id)
        .join(ModelVersion, ModelVersion.id == Verdict.model_version_id)
        .where(Action.id.in_(ids))
        .order_by(*MODERATION_FIRST)
        .add_columns(Action, Chat, Message.message_id, ModelVersion.name)
    )
    return [
        Task(
            action_id=action.id,
            holder=holder,
            kind=action.kind,
            verdict_id=verdict.id,
            chat_external_id=chat.external_id,
            chat_title=chat.title,
            moderators_chat_id=chat.moderators_chat_id,
            message_id=message_id,
            text=text,
            score=verdict.score,
            model_version=version,
            notice=_notice(session, verdict.id),
            corrections=_corrections(session, verdict),
            attempts=action.attempts,
        )
        for verdict, text, action, chat, message_id, version in session.execute(statement).all()
    ]


def _announcements(session: Session, holder: str, ids: list[int]) -> list[Announcement]:
    rows = select(Action, Chat).join(Chat, Chat.id == Action.chat_id).where(Action.id.in_(ids)).order_by(Action.id)
    return [
        Announcement(a.id, holder, chat.external_id, chat.moderators_chat_id, a.text or "", a.attempts)
        for a, chat in session.execute(rows).all()
    ]


def _notice(session: Session, verdict_id: int) -> dict[str, Any] | None:
    sent = select(Action.receipt).where(Action.verdict_id == verdict_id, Action.kind == ActionKind.NOTIFY)
    return session.scalars(sent).one_or_none()


def _corrections(session: Session, verdict: Verdict) -> tuple[Correction, ...]:
    said = select(Correction).where(Correction.verdict_id == verdict.id, Correction.state.in_(STANDING))
    return tuple(session.scalars(said.order_by(Correction.id)))


def done(session: Session, task: Task | Announcement, receipt: dict[str, Any]) -> None:
    _end(session, task, {"state": ActionState.DONE, "receipt": receipt, "error": None, "done_at": now()})


def failed(session: Session, task: Task | Announcement, error: str) -> None:
    """It can never succeed: the reason stays on the row."""
    _end(session, task, {"state": ActionState.FAILED, "error": error})


def postpone(session: Session, task: Task | Announcement, error: str, seconds: float) -> None:
    """Try again after `seconds`, unless it was tried MAX_ATTEMPTS times."""
    attempts = session.scalars(select(Action.attempts).where(Action.id == task.action_id)).one()
    if attempts >= MAX_ATTEMPTS:
        failed(session, task, f"given up after {attempts} attempts: {error}")
    else:
        _end(session, task, {"error": error, "not_before": now() + timedelta(seconds=seconds)})


def _end(session: Session, task: Task | Announcement, values: dict[str, Any]) -> None:
    mine = update(Action).where(Action.id == task.action_id, Action.lease_holder == task.holder)
    session.execute(mine.values(**values, lease_holder=None, lease_until=None))
