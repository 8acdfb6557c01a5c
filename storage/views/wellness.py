"""Problems that keep messages from being judged, in words for the operator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, case, func, select
from sqlalchemy.orm import Session

from storage import room
from storage.errors import StorageError
from storage.learning import versions
from storage.models import Action, ActionState, Message, MessageState, now
from storage.processes import signs
from storage.session import reading

LONG = timedelta(minutes=5)  # for a message; batches take seconds
LONG_FOR_A_CALL = timedelta(minutes=30)  # Telegram may be away, or ask to wait


def problems(session: Session, has_files: Callable[[str], bool]) -> list[str]:
    """Why nothing can be stored or judged, and what waits too long; `has_files` says if a version's files exist."""
    of_model = _of_the_champion(session, has_files)
    checks = (room.shortage(session), of_model, _of_messages(session), _of_calls(session))
    return [problem for problem in checks if problem is not None]


def hindrances(session: Session, has_files: Callable[[str], bool]) -> list[str]:
    """Why nothing can be stored or judged at this moment; problems that moderation goes on with are left out."""
    is_usable = find_usable_version(session, has_files) is not None
    of_model = None if is_usable else _of_the_champion(session, has_files)
    of_worker = None if signs.is_worked_with(session) else "no worker has shown a sign of life for three minutes"
    checks = (room.shortage(session), of_model, of_worker, _of_messages(session))
    return [problem for problem in checks if problem is not None]


def hindrances_now(engine: Engine, has_files: Callable[[str], bool]) -> list[str]:
    """The same, for whoever has no transaction; a database that cannot be used is a hindrance."""
    try:
        with reading(engine) as session:
            return hindrances(session, has_files)
    except StorageError:
        return [
            "the database cannot be used; `hamlet health` and the log say why"
        ]  # not its address, for anybody may ask


def find_usable_version(session: Session, has_files: Callable[[str], bool]) -> str | None:
    """The version that can judge: the champion, or if its files are gone, the latest earlier one that has its files."""
    champion = versions.champion(session)
    candidates = [champion, *versions.fallbacks(session)] if champion else []
    return next((version.name for version in candidates if has_files(version.name)), None)


def _of_the_champion(session: Session, has_files: Callable[[str], bool]) -> str | None:
    champion = versions.champion(session)
    if champion is None:
        return "no model version serves: messages wait; run `hamlet train` and `hamlet promote`"
    if has_files(champion.name):
        return None
    instead = find_usable_version(session, has_files)
    meanwhile = f"a worker that starts judges with {instead}" if instead else "a worker that starts judges nothing"
    return (
        f"the files of model version {champion.name} are gone from HAMLET_HOME: {meanwhile}; put them back, or "
        "`hamlet promote` another"
    )


def _of_messages(session: Session) -> str | None:
    later = case((Message.edited_at > Message.received_at, Message.edited_at), else_=Message.received_at)
    live = (Message.state == MessageState.PENDING) & ~Message.is_imported  # a large import may take as long as it takes
    waiting = select(func.count(), func.min(later)).where(live)
    count, oldest = session.execute(waiting).one()
    return _too_long(count, oldest, "messages wait for a verdict", LONG)


def _of_calls(session: Session) -> str | None:
    due = (Action.state == ActionState.PENDING) & (Action.not_before <= now())
    waiting = select(func.count(), func.min(Action.created_at)).where(due)
    count, oldest = session.execute(waiting).one()
    return _too_long(count, oldest, "calls to Telegram wait", LONG_FOR_A_CALL)


def _too_long(count: int, oldest: datetime | None, what: str, long: timedelta) -> str | None:
    waited = now() - oldest if oldest is not None else timedelta()
    return f"{count} {what}, the oldest for {waited.total_seconds() / 60:.0f} minutes" if waited > long else None
