"""Cases: floods that have one notice together, and one press that decides all their messages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage import names, nights
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    CaseMessage,
    Chat,
    Correction,
    CorrectionState,
    Message,
    Verdict,
    now,
)
from storage.types import ERASED

DECIDED = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED, CorrectionState.SET_ASIDE)
QUOTED, LONGEST_QUOTE = 5, 300  # texts that differ, and characters of each
LOOKED_THROUGH = 50  # messages that the quoted texts are taken from
UPDATED_AFTER = timedelta(seconds=15)  # so that a long flood does not change its notice with every message


@dataclass(frozen=True)
class Case:
    """What the notice of a flood says."""

    count: int
    authors: int
    flagged: int
    spam: int  # messages that moderators decided on
    ham: int
    texts: tuple[str, ...]  # the first that differ


def begin(session: Session, chat_id: int) -> int:
    """Ask for the notice of a new case, which waits for the morning as others do. Returns the case's id."""
    chosen = session.get_one(Chat, chat_id).chosen
    begins = nights.from_when(chosen.quiet_night, chosen.time_zone, now())
    notice = Action(chat_id=chat_id, kind=ActionKind.CASE, not_before=begins)
    session.add(notice)
    session.flush()
    return notice.id


def refresh(session: Session, case_id: int, pause: timedelta = timedelta()) -> None:
    """Have the notice say what the case is by now, after that pause; one that waits will say it anyway."""
    notice = session.get_one(Action, case_id, with_for_update=True)
    if notice.state != ActionState.PENDING:
        notice.state, notice.not_before = ActionState.PENDING, now() + pause
        notice.attempts = 0
        if notice.receipt:  # the call is an edit; a post that may stand already is counted on
            notice.unanswered = 0
        session.flush()


def of_message(session: Session, message_row: int) -> int | None:
    """The case that this message belongs to."""
    return session.scalars(select(CaseMessage.case_id).where(CaseMessage.message_id == message_row)).one_or_none()


def chat_of(session: Session, case_id: int) -> int | None:
    """The row of the case's chat; None where there is no such case."""
    return session.scalars(select(Action.chat_id).filter_by(id=case_id, kind=ActionKind.CASE)).one_or_none()


def read(session: Session, case_id: int) -> Case:
    """The case as it is now."""
    message_rows = select(CaseMessage.message_id).where(CaseMessage.case_id == case_id)
    counts = select(func.count(), func.count(distinct(Message.author_id))).where(Message.id.in_(message_rows))
    count, authors = session.execute(counts).one()
    flagged = select(func.count(distinct(Verdict.message_id))).where(Verdict.message_id.in_(message_rows))
    decisions = select(Verdict.message_id, Correction.is_spam).join(Correction, Correction.verdict_id == Verdict.id)
    decisions = decisions.where(Verdict.message_id.in_(message_rows), Correction.state == CorrectionState.ACCEPTED)
    sides = [is_spam for _, is_spam in session.execute(decisions.distinct())]
    return Case(
        count=count,
        authors=authors,
        flagged=session.scalars(flagged.where(Verdict.is_spam, ~Verdict.is_shadow)).one(),
        spam=sides.count(True),
        ham=sides.count(False),
        texts=_texts(session, message_rows),
    )


def _texts(session: Session, message_rows: Select[int]) -> tuple[str, ...]:
    """The first texts that differ, without names that advertise and what was erased."""
    messages = select(Message.text, Message.author_name, Message.author_username).where(Message.id.in_(message_rows))
    rows = session.execute(messages.order_by(Message.id).limit(LOOKED_THROUGH))
    texts = [names.without(*row) for row in rows]
    return tuple(text[:LONGEST_QUOTE] for text in dict.fromkeys(texts) if text != ERASED)[:QUOTED]


def undecided(
    session: Session, case_id: int, actor: str, is_spam: bool, limit: int, spared: Collection[int] = frozenset()
) -> list[int]:
    """Up to `limit` verdicts on the case's messages that this press decides, without those on `spared` authors.

    A message counts with its newest verdict. What others decided stands; the same person's earlier press is replaced.
    """
    later = aliased(Verdict)
    newest = select(func.max(later.id)).where(later.message_id == Verdict.message_id, ~later.is_shadow)
    verdicts = select(Verdict.id).join(Verdict.message).join(CaseMessage, CaseMessage.message_id == Message.id)
    verdicts = verdicts.where(CaseMessage.case_id == case_id, ~_stands(actor, is_spam))
    verdicts = verdicts.where(Verdict.id == newest.correlate(Verdict).scalar_subquery())
    verdicts = verdicts.where(or_(Message.author_id.is_(None), Message.author_id.not_in(spared)))
    return list(session.scalars(verdicts.order_by(Verdict.id).limit(limit)))


def is_decided() -> ColumnElement[bool]:
    """Whether a moderator has decided on a message."""
    decisions = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    decisions = decisions.where(Verdict.message_id == Message.id, Correction.state.in_(DECIDED))
    return decisions.correlate(Message).exists()


def _stands(actor: str, is_spam: bool) -> ColumnElement[bool]:
    """Whether somebody else decided on the message, or this person the same."""
    judged = aliased(Verdict)
    decisions = select(Correction.id).join(judged, judged.id == Correction.verdict_id)
    decisions = decisions.where(judged.message_id == Verdict.message_id, Correction.state.in_(DECIDED))
    decisions = decisions.where(or_(Correction.actor != actor, Correction.is_spam == is_spam))
    return decisions.correlate(Verdict).exists()
