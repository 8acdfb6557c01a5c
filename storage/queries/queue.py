"""The queue: which verdicts moderators are shown, in which order, page after page by key, and all that stands beside each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Boolean, Select, and_, false, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Correction, CorrectionState, Message, ModelVersion, Report, Verdict, VersionState
from storage.queries.judged import is_overtaken, is_settled
from storage.types import storable

# As the index ix_messages_words has it, to the letter.
WORDS = "to_tsvector('simple', left(messages.text, 20000) || ' ' || messages.author_name)"


# Where a flagged verdict's message can be: as the index ix_messages_flagged has it, so that a quiet chat is read from it.
FLAGGED = "(messages.state = 'spam' OR messages.edit > 0)"


class Show(StrEnum):
    """Which verdicts."""

    OPEN = "open"  # flagged, or reported where reports are asked for, and not settled
    ALL = "all"  # flagged, whatever became of them
    AUDIT = "audit"  # ham drawn by chance, not settled
    DISPUTED = "disputed"
    DECIDED = "decided"
    FAILED = "failed"  # no verdict at all: messages, which failed.py shows
    EVERYTHING = "everything"
    DISAGREEMENTS = "disagreements"  # where the shadow says otherwise


class Order(StrEnum):
    NEWEST = "newest"
    DOUBT = "doubt"  # the nearest to the review threshold first
    REPORTED = "reported"  # by the most members first


@dataclass(frozen=True)
class Wanted:
    """What a moderator asks the queue for. `chats` are those they may see; None for all."""

    show: Show = Show.OPEN
    order: Order = Order.NEWEST
    chats: tuple[int, ...] | None = None
    chat: int | None = None
    model: str = ""
    differs: bool = False
    reported: bool = False
    edited: bool = False
    search: str = ""


def page(session: Session, wanted: Wanted, limit: int, after: int | None = None) -> list[int]:
    """Ids of verdicts in their order; the page after that verdict's, or the first."""
    return list(session.scalars(statement(session, wanted, after).limit(limit)))


def fresh(session: Session, wanted: Wanted, after: int, limit: int = 20) -> list[int]:
    """The same, of verdicts made after that one, the oldest first."""
    made = _chosen(session, wanted).where(Verdict.id > after)
    return list(session.scalars(made.order_by(Verdict.id).limit(limit)))


def newest(session: Session) -> int:
    """The last verdict there is, or 0."""
    return session.scalars(select(func.max(Verdict.id))).one() or 0


def statement(session: Session, wanted: Wanted, after: int | None) -> Select[int]:
    """What `page` asks, without its limit."""
    chosen = _chosen(session, wanted)
    if wanted.order == Order.DOUBT:
        return _by_doubt(session, chosen, after)
    if wanted.order == Order.REPORTED:
        return _by_reports(session, chosen, after)
    if after is not None:
        chosen = chosen.where(Verdict.id < after)
    return chosen.order_by(Verdict.id.desc())


def _by_doubt(session: Session, chosen: Select[int], after: int | None) -> Select[int]:
    if after is not None:
        doubt = session.scalars(select(Verdict.doubt).where(Verdict.id == after)).one_or_none()
        chosen = chosen.where(tuple_(Verdict.doubt, Verdict.id) > tuple_(doubt or 0.0, after))
    return chosen.order_by(Verdict.doubt, Verdict.id)


def _by_reports(session: Session, chosen: Select[int], after: int | None) -> Select[int]:
    counted = select(Report.message_id, func.count().label("n")).group_by(Report.message_id).subquery()
    chosen = chosen.join(counted, counted.c.message_id == Verdict.message_id)
    if after is not None:
        of_it = select(func.count()).select_from(Report).join(Verdict, Verdict.message_id == Report.message_id)
        n = session.scalars(of_it.where(Verdict.id == after)).one()
        chosen = chosen.where(tuple_(counted.c.n, Verdict.id) < tuple_(n, after))
    return chosen.order_by(counted.c.n.desc(), Verdict.id.desc())


def _chosen(session: Session, wanted: Wanted) -> Select[int]:
    found = select(Verdict.id).where(~Verdict.is_shadow, *_shown(wanted))
    if wanted.model:
        of_it = select(ModelVersion.id).where(ModelVersion.name == wanted.model).scalar_subquery()
        found = found.where(Verdict.model_version_id == of_it)
    if wanted.differs or wanted.show == Show.DISAGREEMENTS:
        found = found.where(_differs())
    if wanted.reported:
        found = found.where(Verdict.message_id.in_(select(Report.message_id)))
    if wanted.edited:
        found = found.where(Verdict.edit > 0)
    about = _about_the_message(session, wanted)
    return found.join(Verdict.message).where(*about) if about else found


def _shown(wanted: Wanted) -> list[ColumnElement[bool]]:
    by_reports = wanted.reported or wanted.order == Order.REPORTED
    disputed = select(Correction.verdict_id).where(Correction.state == CorrectionState.DISPUTED)
    ways: dict[Show, list[ColumnElement[bool]]] = {
        Show.OPEN: [~is_settled(), ~is_overtaken(), *([] if by_reports else [and_(Verdict.is_spam)])],
        Show.ALL: [and_(Verdict.is_spam)],
        Show.AUDIT: [Verdict.is_audited & ~is_settled()],
        Show.DISPUTED: [Verdict.id.in_(disputed)],
        Show.DECIDED: [is_settled()],
        Show.FAILED: [false()],
    }
    return ways.get(wanted.show, [])


def _differs() -> ColumnElement[bool]:
    other = aliased(Verdict)
    in_shadow = select(ModelVersion.id).where(ModelVersion.state == VersionState.SHADOW)
    same = (other.message_id == Verdict.message_id) & (other.edit == Verdict.edit) & other.disagrees
    found = select(other.id).where(same, other.is_shadow, other.model_version_id.in_(in_shadow))
    return found.correlate(Verdict).exists()


def _about_the_message(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.chats is not None:
        asked.append(Message.chat_id.in_(wanted.chats))
    if wanted.chat is not None:
        asked.append(Message.chat_id == wanted.chat)
    by_reports = wanted.reported or wanted.order == Order.REPORTED
    if asked and (wanted.show == Show.ALL or (wanted.show == Show.OPEN and not by_reports)):
        asked.append(literal_column(FLAGGED, Boolean()))
    words = storable(wanted.search).split()
    if not words:
        return asked
    if session.get_bind().dialect.name == "postgresql":
        asked_words = func.plainto_tsquery(literal_column("'simple'"), " ".join(words))
        return [*asked, literal_column(WORDS).bool_op("@@")(asked_words)]
    return [*asked, *(or_(_holds(Message.text, word), _holds(Message.author_name, word)) for word in words)]


def _holds(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)
