"""Explanations of verdicts: people ask, the worker answers, and the answer is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.arrays import among
from storage.errors import UnknownVerdict
from storage.models import Chat, Correction, CorrectionState, Explanation, Message, Platform, Verdict, now
from storage.moderation.verdicts import judged_text
from storage.types import jsonable
from storage.upsert import insert_once

MOST_EXAMPLES = 500  # newest accepted corrections among which the nearest are searched
LONGEST_EXAMPLE = 400  # characters of a nearest example that are stored


@dataclass(frozen=True)
class Question:
    """A verdict to explain, with its text."""

    verdict_id: int
    text: str


@dataclass(frozen=True)
class LabelledExample:
    """A text that moderators labelled, with the chat it was written in."""

    chat_id: int
    verdict_id: int
    text: str
    is_spam: bool


def ask(session: Session, verdict_id: int) -> None:
    """Ask the worker to explain this verdict; asking again changes nothing. Raises UnknownVerdict."""
    verdict = session.get(Verdict, verdict_id)
    if verdict is None or verdict.is_shadow:
        raise UnknownVerdict(verdict_id)
    insert_once(session, Explanation, {"verdict_id": verdict_id})


def of(session: Session, verdict_id: int) -> Explanation | None:
    """The explanation of a verdict, answered or not, if anybody asked."""
    return session.get(Explanation, verdict_id)


def waiting(session: Session, limit: int) -> list[Question]:
    """Questions without an answer, the oldest first."""
    unanswered = judged_text().join(Explanation, Explanation.verdict_id == Verdict.id)
    unanswered = unanswered.where(Explanation.answered_at.is_(None)).order_by(Explanation.asked_at).limit(limit)
    return [Question(verdict.id, text) for verdict, text in session.execute(unanswered)]


def labelled_examples(session: Session, without: int) -> list[LabelledExample]:
    """The texts of the newest accepted corrections that are read where this verdict is, without those on itself."""
    question = select(Chat, Message.author_id).join(Message, Message.chat_id == Chat.id)
    question = question.join(Verdict, Verdict.message_id == Message.id).where(Verdict.id == without)
    if (asked := session.execute(question).first()) is None:
        return []
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id)
    rows = rows.where(Correction.state == CorrectionState.ACCEPTED, Verdict.id != without)
    rows = rows.where(_is_read_with(*asked))
    newest = rows.order_by(Correction.id.desc()).limit(MOST_EXAMPLES).add_columns(Message.chat_id, Correction.is_spam)
    answered = session.execute(newest).all()
    return [LabelledExample(chat, verdict.id, text, is_spam) for verdict, text, chat, is_spam in answered]


def _is_read_with(chat: Chat, author_id: int | None) -> ColumnElement[bool]:
    """Messages of the same chat: whoever reads of the one may read the other.

    On the web it is of the same author too, as the chat page shows each their own lines, and a client has its samples.
    """
    if chat.platform != Platform.WEB:
        return Message.chat_id == chat.id
    own = select(Chat.id).where(Chat.platform == Platform.WEB, func.abs(Chat.external_id) == abs(chat.external_id))
    return Message.chat_id.in_(own) & Message.author_id.is_not_distinct_from(author_id)


def forget(session: Session, message_rows: Collection[int], examples: Collection[str]) -> None:
    """Delete the explanations of messages that are erased, and take these texts of them out of those of other messages."""
    of_them = select(Verdict.id).where(among(Verdict.message_id, message_rows))
    session.execute(delete(Explanation).where(Explanation.verdict_id.in_(of_them)))
    beginnings = {text[:LONGEST_EXAMPLE] for text in examples if text}
    if not beginnings:
        return
    for row in session.scalars(select(Explanation).where(func.length(cast(Explanation.nearest, Text)) > len("[]"))):
        nearest = [example for example in row.nearest if example["text"] not in beginnings]
        if len(nearest) < len(row.nearest):
            row.nearest = nearest


def answer(session: Session, verdict_id: int, model_version: str, **columns: Any) -> None:
    """Store the worker's answer by the columns of Explanation, or the reason for having none (`error`).

    Where the message was erased meanwhile, nothing is stored.
    """
    row = session.get(Explanation, verdict_id, with_for_update=True)
    if row is None:
        return
    row.answered_at, row.model_version = now(), model_version
    for name, value in columns.items():
        setattr(row, name, jsonable(value))
