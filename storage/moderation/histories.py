"""What authors wrote in their chats so far, read for a whole batch by a few statements.

Each author's newest messages are looked up by the index of their own, however little PostgreSQL knows of the table yet:
its planner would rather read whole chats where a table has just filled.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, Text, bindparam, column, func, select, true
from sqlalchemy.orm import Session, aliased

from storage.arrays import Numbers, among_given
from storage.models import Correction, Join, Message, MessageState, Trust, Verdict
from storage.moderation.standing import ACCEPTED, BEGINNING, CLEAN, IS_CLEAR_FLAG, NEWEST

Author = tuple[int, int | None]  # the chat's row, and the person's id at Telegram

# made once, as each batch asks
OF_MESSAGES = select(Verdict.message_id).where(among_given(Verdict.message_id, "rows"), ~Verdict.is_shadow)
CLEAR_FLAGS = OF_MESSAGES.where(IS_CLEAR_FLAG)
DECIDED_SPAM = OF_MESSAGES.join(Correction, ACCEPTED).where(Correction.is_spam)


@dataclass(frozen=True)
class Statements:
    """The statements in one database's words, each built once."""

    newest: Select[int, int, int, str, bool, bool]  # author, row, beginning of the text, is it clean, may it be flagged
    noted: Select[int, int, bool, bool]  # who was seen joining, and whom a moderator trusts


@dataclass
class Histories:
    """What is known of the authors of a batch."""

    clean_texts: dict[Author, list[str]] = field(default_factory=dict)  # the beginnings of the newest
    doubted: set[Author] = field(default_factory=set)  # something of theirs counts as spam, or is a clear, open flag
    joined: set[Author] = field(default_factory=set)
    trusted: set[Author] = field(default_factory=set)


def of(session: Session, authors: Collection[Author]) -> Histories:
    """What these authors wrote in their chats, as far as it counts."""
    histories = Histories()
    if not authors:
        return histories
    chosen, parameters = _built(_is_postgresql(session)), _parameters(session, authors)
    by_message, may_be_flagged = dict[int, Author](), list[int]()
    for chat_id, author_id, row, text, is_clean, is_other in session.execute(chosen.newest, parameters):
        author = by_message[row] = (chat_id, author_id)
        if is_clean:
            histories.clean_texts.setdefault(author, []).append(text)
        if is_other:
            may_be_flagged.append(row)
    in_doubt = [*_clear_flags(session, may_be_flagged), *_decided_spam(session, by_message)]
    histories.doubted = {by_message[row] for row in in_doubt}
    for chat_id, author_id, is_joined, is_trusted in session.execute(chosen.noted, parameters):
        if is_joined:
            histories.joined.add((chat_id, author_id))
        if is_trusted:
            histories.trusted.add((chat_id, author_id))
    return histories


def _clear_flags(session: Session, message_rows: Collection[int]) -> Sequence[int]:
    """Those of the messages that were flagged at the acting threshold, and nobody has decided."""
    if not message_rows:
        return ()
    return session.scalars(CLEAR_FLAGS, {"rows": message_rows}).all()


def _decided_spam(session: Session, message_rows: Collection[int]) -> Sequence[int]:
    """Those of the messages that moderators called spam.

    By their numbers: joined to the authors, PostgreSQL would compare each decision with each author where it knows little.
    """
    if not message_rows:
        return ()
    return session.scalars(DECIDED_SPAM, {"rows": message_rows}).all()


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _parameters(session: Session, authors: Collection[Author]) -> dict[str, Any]:
    if _is_postgresql(session):
        return {"chat_ids": [chat for chat, _ in authors], "author_ids": [author for _, author in authors]}
    return {"pairs": json.dumps([*authors])}


@cache
def _built(is_postgresql: bool) -> Statements:
    authors: FromClause = _pairs() if is_postgresql else _pairs_of_json()
    whose = (authors.c.chat_id, authors.c.author_id)
    theirs, is_theirs = _newest(authors) if is_postgresql else _newest_by_offset(authors)
    written = select(*whose).select_from(authors).join(theirs, is_theirs)
    accepted_ham = select(Correction.id).where(ACCEPTED, ~Correction.is_spam).correlate(Verdict).exists()
    decided_ham = select(Verdict.id).where(Verdict.message_id == theirs.id, Verdict.edit == theirs.edit, accepted_ham)
    is_clean = (theirs.state.in_(CLEAN) | decided_ham.correlate(theirs).exists()) & ~theirs.is_join
    may_be_flagged = (theirs.state == MessageState.SPAM) | (theirs.edit > 0)  # of every flagged message one holds
    beginning = func.substr(theirs.text, 1, BEGINNING)
    noted = select(*whose, Join.user_id.is_not(None), Trust.user_id.is_not(None)).select_from(authors)
    noted = noted.outerjoin(Join, (Join.chat_id == whose[0]) & (Join.user_id == whose[1]))
    noted = noted.outerjoin(Trust, (Trust.chat_id == whose[0]) & (Trust.user_id == whose[1]))
    return Statements(
        newest=written.add_columns(theirs.id, beginning, is_clean, may_be_flagged),
        noted=noted.where(Join.user_id.is_not(None) | Trust.user_id.is_not(None)),
    )


def _pairs() -> FromClause:
    arrays = [bindparam(name, type_=Numbers()) for name in ("chat_ids", "author_ids")]
    names = (column("chat_id", BigInteger()), column("author_id", BigInteger()))
    return func.unnest(*arrays).table_valued(*names).render_derived(name="authors")


def _pairs_of_json() -> FromClause:
    pairs = func.json_each(bindparam("pairs", type_=Text())).table_valued("value", name="pairs")
    chat_id, author_id = (func.json_extract(pairs.c.value, f"$[{n}]", type_=BigInteger()) for n in (0, 1))
    return select(chat_id.label("chat_id"), author_id.label("author_id")).subquery("authors")


def _newest(authors: FromClause) -> tuple[Any, Any]:
    """Each author's newest messages, and how they are joined to the authors."""
    newest = select(Message).where(Message.chat_id == authors.c.chat_id, Message.author_id == authors.c.author_id)
    newest = newest.order_by(Message.id.desc()).limit(NEWEST).correlate(authors)
    return aliased(Message, newest.lateral("newest")), true()


def _newest_by_offset(authors: FromClause) -> tuple[Any, Any]:
    """The same for SQLite, which knows no LATERAL: the messages from the last one that is read."""
    theirs, later = aliased(Message), aliased(Message)
    oldest = select(later.id).where(later.chat_id == authors.c.chat_id, later.author_id == authors.c.author_id)
    oldest = oldest.order_by(later.id.desc()).offset(NEWEST - 1).limit(1).correlate(authors)
    is_theirs = (theirs.chat_id == authors.c.chat_id) & (theirs.author_id == authors.c.author_id)
    return theirs, is_theirs & (theirs.id >= func.coalesce(oldest.scalar_subquery(), 0))
