"""A verdict as a moderator sees it: with reports, appeal, the shadow's word and what was said around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import UnknownVerdict
from storage.models import Appeal, Message, ModelVersion, Report, Verdict, VersionState
from storage.queries.judged import Judged, judged_text, with_context

AROUND = 3  # messages shown before and after


@dataclass(frozen=True)
class Shadow:
    """What the version in shadow says of the same words."""

    model_version: str
    score: float
    is_spam: bool


@dataclass(frozen=True)
class Card:
    """A verdict with all that helps to decide it."""

    item: Judged
    reports: int = 0
    appeal: str | None = None
    shadow: Shadow | None = None


@dataclass(frozen=True)
class Around:
    """Messages of the same chat before and after one, in their order."""

    before: list[Message] = field(default_factory=list)
    after: list[Message] = field(default_factory=list)


def of(session: Session, verdict_ids: Sequence[int]) -> list[Card]:
    """The cards of these verdicts, in this order."""
    items = {item.verdict_id: item for item in with_context(session, judged_text().where(Verdict.id.in_(verdict_ids)))}
    rows = [item.message_row_id for item in items.values()]
    counts = select(Report.message_id, func.count()).where(Report.message_id.in_(rows)).group_by(Report.message_id)
    reports = {row: n for row, n in session.execute(counts)}  # noqa: C416 # rows are no pairs to mypy
    said = select(Appeal.verdict_id, Appeal.text).where(Appeal.verdict_id.in_(verdict_ids))
    appeals = {verdict_id: text for verdict_id, text in session.execute(said)}  # noqa: C416 # the same
    shadows = _shadows(session, rows)
    return [
        Card(
            item,
            reports.get(item.message_row_id, 0),
            appeals.get(item.verdict_id),
            shadows.get((item.message_row_id, item.edit)),
        )
        for item in (items[verdict_id] for verdict_id in verdict_ids if verdict_id in items)
    ]


def one(session: Session, verdict_id: int, chats: tuple[int, ...] | None) -> Card:
    """The card of one verdict in the chats somebody may see. Raises UnknownVerdict."""
    found = of(session, [verdict_id])
    if not found or not (chats is None or found[0].item.chat_id in chats):
        raise UnknownVerdict(verdict_id)
    return found[0]


def allowed(session: Session, verdict_ids: Sequence[int], chats: tuple[int, ...] | None) -> list[int]:
    """Those of the verdicts that are champions' and in these chats."""
    found = select(Verdict.id).where(Verdict.id.in_(verdict_ids), ~Verdict.is_shadow).order_by(Verdict.id)
    if chats is not None:
        found = found.join(Verdict.message).where(Message.chat_id.in_(chats))
    return list(session.scalars(found))


def around(session: Session, item: Judged) -> Around:
    """What was said before and after in the same chat, by the platform's own numbers."""
    message = session.get_one(Message, item.message_row_id)
    there = select(Message).where(Message.chat_id == message.chat_id).limit(AROUND)
    before = there.where(Message.message_id < message.message_id).order_by(Message.message_id.desc())
    after = there.where(Message.message_id > message.message_id).order_by(Message.message_id)
    return Around(list(session.scalars(before))[::-1], list(session.scalars(after)))


def _shadows(session: Session, message_rows: Sequence[int]) -> dict[tuple[int, int], Shadow]:
    judged = select(Verdict, ModelVersion.name).join(Verdict.model_version)
    judged = judged.where(
        Verdict.message_id.in_(message_rows), Verdict.is_shadow, ModelVersion.state == VersionState.SHADOW
    )
    return {
        (verdict.message_id, verdict.edit): Shadow(name, verdict.score, verdict.is_spam)
        for verdict, name in session.execute(judged)
    }
