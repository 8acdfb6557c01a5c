"""The figures that only the database knows. Every query is bounded by an index: a scrape comes every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select
from sqlalchemy.orm import Session

from storage.arrays import among_given
from storage.learning import runs, track_record, versions
from storage.models import (
    Action,
    ActionKind,
    Chat,
    Correction,
    CorrectionState,
    Message,
    MessageState,
    ModelVersion,
    Platform,
    Run,
    RunState,
    Update,
    now,
)
from storage.processes import signs, updates
from storage.views import wellness

AT_MOST = 10_000  # rows of a state are counted no further; more of them are a disaster of any number
IN_THE_INBOX = (MessageState.PENDING, MessageState.FAILED, MessageState.HELD)
UNSETTLED = (CorrectionState.PROPOSED, CorrectionState.DISPUTED)
OUTCOMES = select(Message.state, Chat.platform).join(Chat)  # made once, as each batch asks
OUTCOMES = OUTCOMES.where(among_given(Message.id, "rows"), Message.state != MessageState.PENDING)
PENDING_ACTION = "actions.state = 'pending'"  # literally the partial index's condition, or SQLite does not use it


@dataclass(frozen=True)
class Figures:
    """One look at the database. Counts of messages and actions end at AT_MOST; ages are seconds, 0 where nothing waits."""

    hindrances: list[str]  # why nothing can be judged
    is_worked_with: bool
    messages: dict[MessageState, int]
    oldest_message_age: float
    oldest_update_age: float  # of Telegram's updates that are stored and not handled
    actions: dict[ActionKind, int]  # that are pending
    oldest_action_age: float  # of those that are due
    corrections: dict[CorrectionState, int]
    corrections_to_learn: int  # accepted since the last run
    runs: dict[RunState, int]
    runs_failed: int  # scheduled ones, since one succeeded
    last_run_ended_at: datetime | None
    champion: ModelVersion | None
    shadow: ModelVersion | None
    flags_undone: int  # since the champion's promotion


def look(session: Session, has_files: Callable[[str], bool]) -> Figures:
    """All figures, of one moment. `has_files` says whether a version's files exist."""
    champion, done = versions.champion(session), runs.latest_done(session)
    return Figures(
        hindrances=wellness.hindrances(session, has_files),
        is_worked_with=signs.is_worked_with(session),
        messages={state: _count_messages(session, state) for state in IN_THE_INBOX},
        oldest_message_age=_oldest_message_age(session),
        oldest_update_age=_oldest_update_age(session),
        actions=_pending_actions(session),
        oldest_action_age=_oldest_action_age(session),
        corrections=_corrections(session),
        corrections_to_learn=runs.accepted_since(session, done.started_at if done else None),
        runs=_runs(session),
        runs_failed=runs.failed_since_done(session),
        last_run_ended_at=session.scalars(select(func.max(Run.ended_at)).where(Run.state == RunState.DONE)).one(),
        champion=champion,
        shadow=versions.shadow(session),
        flags_undone=track_record.false_positives_since_promotion(session, champion) if champion else 0,
    )


def outcomes(session: Session, message_rows: Collection[int]) -> Counter[tuple[MessageState, Platform]]:
    """What became of these messages, by kind of chat; those that wait again, because they were edited, are left out."""
    rows = session.execute(OUTCOMES, {"rows": message_rows})
    return Counter((state, platform) for state, platform in rows)


def _count_messages(session: Session, state: MessageState) -> int:
    some = select(Message.id).where(Message.state == state).limit(AT_MOST).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _oldest_message_age(session: Session) -> float:
    later = case((Message.edited_at > Message.received_at, Message.edited_at), else_=Message.received_at)
    waiting = select(later.label("since")).where(Message.state == MessageState.PENDING, ~Message.is_imported)
    return _age(session, waiting.order_by(Message.id).limit(AT_MOST))


def _oldest_update_age(session: Session) -> float:
    waiting = select(Update.received_at.label("since")).where(Update.handled_at.is_(None))
    return _age(
        session, waiting.where(Update.attempts < updates.MAX_ATTEMPTS).order_by(Update.update_id).limit(AT_MOST)
    )


def _pending() -> ColumnElement[bool]:
    return literal_column(PENDING_ACTION)


def _pending_actions(session: Session) -> dict[ActionKind, int]:
    some = select(Action.kind.label("kind")).where(_pending()).limit(AT_MOST).subquery()
    counted = select(some.c.kind, func.count()).group_by(some.c.kind)
    return dict.fromkeys(ActionKind, 0) | _counts(session, counted)


def _oldest_action_age(session: Session) -> float:
    due = select(Action.created_at.label("since")).where(_pending(), Action.not_before <= now())
    return _age(session, due.order_by(Action.id).limit(AT_MOST))


def _age(session: Session, moments: Select[datetime]) -> float:
    some = moments.subquery()
    oldest = session.scalars(select(func.min(some.c.since))).one()
    return max((now() - oldest).total_seconds(), 0.0) if oldest is not None else 0.0


def _corrections(session: Session) -> dict[CorrectionState, int]:
    counted = select(Correction.state, func.count()).where(Correction.state.in_(UNSETTLED)).group_by(Correction.state)
    return dict.fromkeys(UNSETTLED, 0) | _counts(session, counted)


def _runs(session: Session) -> dict[RunState, int]:
    counted = select(Run.state, func.count()).group_by(Run.state)
    return dict.fromkeys(RunState, 0) | _counts(session, counted)


def _counts(session: Session, counted: Select[Any, int]) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(counted)}
