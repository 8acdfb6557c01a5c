"""The review queue: which verdicts moderators are shown, and in which order, paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Select, and_, false, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Correction, CorrectionState, Message, ModelVersion, Report, Verdict, VersionState
from storage.moderation.verdicts import is_overtaken, is_settled
from storage.types import storable
from storage.views import decided

# Exactly as in the index ix_messages_words.
WORDS = "to_tsvector('simple', left(messages.text, 20000) || ' ' || messages.author_name)"
# A condition that holds of every flagged message, as in the index ix_messages_flagged, which is read for a quiet chat.
FLAGGED = "(messages.state = 'spam' OR messages.edit > 0)"


class Show(StrEnum):
    """Which verdicts the queue shows."""

    OPEN = "open"  # flagged (or, with the filter for reports, reported) and not settled
    ALL = "all"  # flagged, settled or not
    AUDIT = "audit"  # ham drawn at random, not settled
    DISPUTED = "disputed"
    DECIDED = "decided"
    FAILED = "failed"  # messages without a verdict, which have a list of their own
    HELD = "held"  # messages taken out of their chats, which have a list of their own
    EVERYTHING = "everything"
    DISAGREEMENTS = "disagreements"  # where the shadow says otherwise
    LABELLED = "labelled"  # from here on as the figures of quality count
    DECIDED_FLAGS = "decided-flags"
    CONFIRMED = "confirmed"
    WRONG = "wrong"
    MISSED = "missed"
    AUDITED = "audited"
    BY_TWO = "by-two"


class Order(StrEnum):
    NEWEST = "newest"
    DOUBT = "doubt"  # the nearest to the review threshold first
    REPORTED = "reported"  # by the most members first


@dataclass(frozen=True)
class QueueQuery:
    """The queue's filters and order. `chats` are those the moderator may see; None for all."""

    show: Show = Show.OPEN
    order: Order = Order.NEWEST
    chats: tuple[int, ...] | None = None
    chat: int | None = None
    model: str = ""
    differs: bool = False
    reported: bool = False
    edited: bool = False
    search: str = ""
    since: datetime | None = None  # judged from then on
    until: datetime | None = None  # and before then


def page(session: Session, query: QueueQuery, limit: int, after: int | None = None) -> list[int]:
    """Ids of verdicts in order, from the first or from behind the verdict `after`."""
    return list(session.scalars(statement(session, query, after).limit(limit)))


def undecided(session: Session, query: QueueQuery, limit: int) -> list[int]:
    """Ids of the matching verdicts that wait for a decision, in order."""
    waiting = statement(session, query, None).where(~is_settled(), ~is_overtaken())
    return list(session.scalars(waiting.limit(limit)))


def fresh(session: Session, query: QueueQuery, after: int, limit: int = 20) -> list[int]:
    """Ids of matching verdicts made after that one, the oldest first."""
    made = _chosen(session, query).where(Verdict.id > after)
    return list(session.scalars(made.order_by(Verdict.id).limit(limit)))


def newest(session: Session) -> int:
    """The id of the newest verdict, or 0."""
    return session.scalars(select(func.max(Verdict.id))).one() or 0


def statement(session: Session, query: QueueQuery, after: int | None) -> Select[int]:
    """The statement of `page`, without its limit."""
    chosen = _chosen(session, query)
    if query.order == Order.DOUBT:
        return _by_doubt(session, chosen, after)
    if query.order == Order.REPORTED:
        return _by_reports(session, query, chosen, after)
    if after is not None:
        chosen = chosen.where(Verdict.id < after)
    return chosen.order_by(Verdict.id.desc())


def _by_doubt(session: Session, chosen: Select[int], after: int | None) -> Select[int]:
    if after is not None:
        doubt = session.scalars(select(Verdict.doubt).where(Verdict.id == after)).one_or_none()
        chosen = chosen.where(tuple_(Verdict.doubt, Verdict.id) > tuple_(doubt or 0.0, after))
    return chosen.order_by(Verdict.doubt, Verdict.id)


def _by_reports(session: Session, query: QueueQuery, chosen: Select[int], after: int | None) -> Select[int]:
    """By the most members first; of messages that are reported equally often the newest."""
    counts = select(Report.message_id, func.count().label("n")).group_by(Report.message_id)
    if query == QueueQuery(order=Order.REPORTED):  # nearly all are shown: read in order, until the page is full
        counts = counts.order_by(func.count().desc(), Report.message_id.desc())
    counted = counts.subquery()
    chosen = chosen.join(counted, counted.c.message_id == Verdict.message_id)
    order = (counted.c.n, counted.c.message_id, Verdict.id)
    if after is not None:
        reports = select(func.count(), func.max(Verdict.message_id)).select_from(Report)
        reports = reports.join(Verdict, Verdict.message_id == Report.message_id).where(Verdict.id == after)
        n, message_id = session.execute(reports).one()
        chosen = chosen.where(tuple_(*order) < tuple_(n, message_id or 0, after))
    return chosen.order_by(*(column.desc() for column in order))


def _chosen(session: Session, query: QueueQuery) -> Select[int]:
    chosen = select(Verdict.id).where(~Verdict.is_shadow, *_shown(query))
    if query.model:
        version_id = select(ModelVersion.id).where(ModelVersion.name == query.model).scalar_subquery()
        chosen = chosen.where(Verdict.model_version_id == version_id)
    if query.differs or query.show == Show.DISAGREEMENTS:
        chosen = chosen.where(_differs())
    if query.reported:
        chosen = chosen.where(Verdict.message_id.in_(select(Report.message_id)))
    if query.since is not None:
        chosen = chosen.where(Verdict.created_at >= query.since)
    if query.until is not None:
        chosen = chosen.where(Verdict.created_at < query.until)
    if query.edited:
        chosen = chosen.where(Verdict.edit > 0)
    about = _about_the_message(session, query)
    return chosen.join(Verdict.message).where(*about) if about else chosen


def _shown(query: QueueQuery) -> list[ColumnElement[bool]]:
    by_reports = query.reported or query.order == Order.REPORTED
    disputed = select(Correction.verdict_id).where(Correction.state == CorrectionState.DISPUTED)
    conditions: dict[Show, list[ColumnElement[bool]]] = {
        Show.OPEN: [~is_settled(), ~is_overtaken(), *([] if by_reports else [and_(Verdict.is_spam)])],
        Show.ALL: [and_(Verdict.is_spam)],
        Show.AUDIT: [Verdict.is_audited & ~is_settled()],
        Show.DISPUTED: [Verdict.id.in_(disputed)],
        Show.DECIDED: [is_settled()],
        Show.FAILED: [false()],
        Show.HELD: [false()],
        Show.LABELLED: [decided.labelled()],
        Show.DECIDED_FLAGS: [and_(Verdict.is_spam), decided.labelled()],
        Show.CONFIRMED: [and_(Verdict.is_spam), decided.labelled_as(True)],
        Show.WRONG: [and_(Verdict.is_spam), decided.labelled_as(False)],
        Show.MISSED: [~Verdict.is_spam, decided.labelled_as(True)],
        Show.AUDITED: [and_(Verdict.is_audited), decided.labelled()],
        Show.BY_TWO: [decided.by_two()],
    }
    return conditions.get(query.show, [])


def _differs() -> ColumnElement[bool]:
    other = aliased(Verdict)
    in_shadow = select(ModelVersion.id).where(ModelVersion.state == VersionState.SHADOW)
    same = (other.message_id == Verdict.message_id) & (other.edit == Verdict.edit) & other.disagrees
    shadows = select(other.id).where(same, other.is_shadow, other.model_version_id.in_(in_shadow))
    return shadows.correlate(Verdict).exists()


def _about_the_message(session: Session, query: QueueQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.chats is not None:
        conditions.append(Message.chat_id.in_(query.chats))
    if query.chat is not None:
        conditions.append(Message.chat_id == query.chat)
    by_reports = query.reported or query.order == Order.REPORTED
    if conditions and (query.show == Show.ALL or (query.show == Show.OPEN and not by_reports)):
        conditions.append(literal_column(FLAGGED, Boolean()))
    words = storable(query.search).split()
    if not words:
        return conditions
    if session.get_bind().dialect.name == "postgresql":
        tsquery = func.plainto_tsquery(literal_column("'simple'"), " ".join(words))
        return [*conditions, literal_column(WORDS).bool_op("@@")(tsquery)]
    return [*conditions, *(or_(_holds(Message.text, word), _holds(Message.author_name, word)) for word in words)]


def _holds(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)
