"""The audit: every decision, change of a setting and login.

Rows are only added, and triggers of the database hold that. They let through what `forget_member` does, and that an entry
follows its chat to another row (`moved.absorb`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from storage.models import AuditEntry, Chat
from storage.types import ERASED

DECISION = "decision"
AT_ONCE = 1_000  # rows of an export in one page


def note(
    session: Session, actor: str, what: str, detail: str = "", chat_id: int | None = None, verdict_id: int | None = None
) -> None:
    """Record who did what."""
    session.add(AuditEntry(actor=actor, what=what, detail=detail, chat_id=chat_id, verdict_id=verdict_id))
    session.flush()


def about_member(user_id: int) -> str:
    """The detail of an entry about a member: a number and no name."""
    return f"member {user_id}"


def forget_member(session: Session, user_id: int) -> None:
    """Erase the member's number from entries; who did what, and when, stays."""
    entries = update(AuditEntry).where(AuditEntry.detail == about_member(user_id))
    session.execute(entries.values(detail=ERASED).execution_options(synchronize_session=False))


Line = tuple[AuditEntry, str | None]  # with the chat's title


def page(
    session: Session, chats: tuple[int, ...] | None, limit: int = 50, before_id: int | None = None, actor: str = ""
) -> list[Line]:
    """Entries of those chats (None: of all) and by `actor`, the newest first; `before_id` pages on."""
    statement = _visible(chats, actor)
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return [(entry, title) for entry, title in session.execute(statement.limit(limit)).all()]


def every(session: Session, chats: tuple[int, ...] | None, actor: str = "") -> Iterator[Line]:
    """All those entries, the newest first."""
    before = None
    while lines := page(session, chats, AT_ONCE, before, actor):
        before = lines[-1][0].id
        yield from lines


def _visible(chats: tuple[int, ...] | None, actor: str) -> Select[AuditEntry, str | None]:
    statement = select(AuditEntry, Chat.title).outerjoin(Chat, Chat.id == AuditEntry.chat_id)
    if chats is not None:
        statement = statement.where(or_(AuditEntry.chat_id.in_(chats), AuditEntry.actor == actor))
    return statement.order_by(AuditEntry.id.desc())


def newest(session: Session) -> int:
    """The id of the newest entry, or 0."""
    return session.scalars(select(func.max(AuditEntry.id))).one() or 0


def decided_after(session: Session, chats: tuple[int, ...] | None, after_id: int, limit: int = 50) -> list[AuditEntry]:
    """Decisions on verdicts of those chats after that entry, the oldest first."""
    made = select(AuditEntry).where(AuditEntry.id > after_id, AuditEntry.what == DECISION)
    if chats is not None:
        made = made.where(AuditEntry.chat_id.in_(chats))
    return list(session.scalars(made.order_by(AuditEntry.id).limit(limit)))
