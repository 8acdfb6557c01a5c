"""Where a chat wants it, a flood is one case: the same words from several newcomers, or many messages of one at once.

Its messages have one notice instead of one each, and those are in it too that their scores did not flag. What is done
without a moderator stays as it is: about flagged messages what the chat's mode says, and nothing about others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    CaseMessage,
    Chat,
    Correction,
    Message,
    Platform,
    Standing,
    Verdict,
    now,
)
from storage.moderation import cases
from storage.moderation.policies.opinions import Judged
from storage.near_duplicates import are_same, normalised, shingles_of
from storage.upsert import insert_once

NEW = (Standing.NEWCOMER, Standing.SOME)  # who earned less than the chat asks for; one clean message earns some
AUTHORS, WITHIN = 3, timedelta(minutes=10)  # newcomers who write the same
MESSAGES, AT_ONCE = 5, timedelta(minutes=1)  # of one newcomer
COMPARED = 500  # newest messages of a chat's newcomers within that time
BEGINNING = 1_000  # characters of a text that are compared
SHORTEST = 20  # characters; below that, people say the same by chance, unless it was flagged


@dataclass
class Candidate:
    """A newcomer's recent message that nobody has decided on."""

    message_row: int
    verdict_id: int
    author_id: int | None
    sent_at: datetime
    album_id: str | None
    media_id: str | None
    text: str
    is_flagged: bool
    case_id: int | None
    shingles: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.is_flagged or len(self.text) >= SHORTEST:
            self.shingles = frozenset(shingles_of(normalised(self.text)))

    def is_like(self, other: Candidate) -> bool:
        """Whether both show the same or say the same, and not by chance."""
        is_shown = bool(self.media_id) and self.media_id == other.media_id
        return is_shown or (bool(self.shingles and other.shingles) and are_same(self.shingles, other.shingles))


def after_verdicts(session: Session, judged: Sequence[Judged]) -> Iterable[int]:
    """Make floods of newcomers' messages cases, whose notices are calls of their own."""
    by_chat: dict[int, list[Message]] = defaultdict(list)
    for one in judged:
        if one.verdict.standing in NEW and one.chat.platform == Platform.TELEGRAM and one.chat.chosen.floods:
            by_chat[one.chat.id].append(one.message)
    for chat_id, new in by_chat.items():
        _consider(session, chat_id, new)
    return ()


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Have the case's notice say how many of its messages are decided."""
    if not chat.chosen.floods:
        return
    message_row = session.scalars(select(Verdict.message_id).where(Verdict.id == correction.verdict_id)).one()
    if (case_id := cases.of_message(session, message_row)) is not None:
        cases.refresh(session, case_id)


def _consider(session: Session, chat_id: int, new: Sequence[Message]) -> None:
    """Compare new messages of a chat with those written about when they were."""
    moments = [message.sent_at for message in new]
    candidates = _candidates(session, chat_id, min(moments) - WITHIN, max(moments) + WITHIN)
    new_rows = {message.id for message in new}
    for one in [candidate for candidate in candidates if candidate.message_row in new_rows]:
        if flood := _same(one, candidates) or _at_once(one, candidates):
            _gather(session, chat_id, flood)


def _candidates(session: Session, chat_id: int, since: datetime, until: datetime) -> list[Candidate]:
    columns = (Message.id, Verdict.id, Message.author_id, Message.sent_at, Message.album_id, Message.media_id)
    rows = select(*columns, func.substr(Message.text, 1, BEGINNING), Verdict.is_spam, CaseMessage.case_id)
    rows = rows.select_from(Message).outerjoin(CaseMessage, CaseMessage.message_id == Message.id)
    rows = rows.join(Verdict, (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit))
    rows = rows.where(Message.chat_id == chat_id, Message.sent_at.between(since, until))
    rows = rows.where(Verdict.standing.in_(NEW), ~Verdict.is_shadow, ~cases.is_decided())
    return [Candidate(*row) for row in session.execute(rows.order_by(Message.id.desc()).limit(COMPARED))][::-1]


def _same(own: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The flood of messages like this one by several newcomers; empty where there is none."""
    alike = [one for one in candidates if abs(one.sent_at - own.sent_at) <= WITHIN and own.is_like(one)]
    return alike if len({one.author_id for one in alike}) >= AUTHORS else []


def _at_once(own: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The flood of messages by this newcomer within AT_ONCE, an album counted once; empty where there is none."""
    theirs = [one for one in candidates if one.author_id == own.author_id and own.author_id is not None]
    theirs = [one for one in theirs if timedelta() <= own.sent_at - one.sent_at <= AT_ONCE]
    return theirs if len({one.album_id or one.message_row for one in theirs}) >= MESSAGES else []


def _gather(session: Session, chat_id: int, flood: Sequence[Candidate]) -> None:
    """Put the messages into their case, which begins with them or goes on; its notice stands for theirs that wait."""
    case_id = next((one.case_id for one in flood if one.case_id is not None), None)
    case_id = cases.begin(session, chat_id) if case_id is None else case_id
    for one in flood:
        if one.case_id is None:
            insert_once(session, CaseMessage, {"message_id": one.message_row, "case_id": case_id})
            one.case_id = case_id
    notices = delete(Action).where(Action.verdict_id.in_([one.verdict_id for one in flood]))
    notices = notices.where(Action.kind == ActionKind.NOTIFY, Action.state == ActionState.PENDING)
    session.execute(notices.where(or_(Action.lease_until.is_(None), Action.lease_until < now())))
    cases.refresh(session, case_id, cases.UPDATED_AFTER)
