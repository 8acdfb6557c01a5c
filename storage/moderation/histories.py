"""What authors wrote in their chats so far, read for a whole batch by a few statements.

Each author's newest messages are looked up by the index of their own, however little PostgreSQL knows of the table yet:
its planner would rather read whole chats where a table has just filled.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, Text, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from storage.models import Correction, Join, Message, MessageState, Trust, Verdict
from storage.moderation.standing import ACCEPTED, BEGINNING, CLEAN, IS_CLEAR_FLAG, NEWEST

Author = tuple[int, int | None]  # the chat's row, and the person's id at Telegram


@dataclass(frozen=True)
class Statements:
    """The statements in one database's words, each built once."""

    flagged: Select[int, int]  # authors of a clear flag that nobody has decided on
    decided_spam: Select[int, int]  # authors of what moderators called spam
    clean_texts: Select[int, int, str]
    joined: Select[int, int]
    trusted: Select[int, int]


def doubted(session: Session, authors: Collection[Author]) -> set[Author]:
    """Those of whose newest messages one counts as spam, or is clear spam that waits for a decision."""
    chosen = statements(session)
    return _authors(session, chosen.flagged, authors) | _authors(session, chosen.decided_spam, authors)


def joined(session: Session, authors: Collection[Author]) -> set[Author]:
    """Those who were seen joining."""
    return _authors(session, statements(session).joined, authors)


def trusted(session: Session, authors: Collection[Author]) -> set[Author]:
    """Those whom a moderator trusts."""
    return _authors(session, statements(session).trusted, authors)


def clean_texts(session: Session, authors: Collection[Author]) -> dict[Author, list[str]]:
    """The beginnings of these authors' newest clean messages in their chats."""
    texts: dict[Author, list[str]] = {}
    if authors:
        for chat_id, author_id, text in session.execute(statements(session).clean_texts, _parameters(session, authors)):
            texts.setdefault((chat_id, author_id), []).append(text)
    return texts


def statements(session: Session) -> Statements:
    """In the words of the session's database."""
    return _built(_is_postgresql(session))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _authors(session: Session, statement: Select[int, int], authors: Collection[Author]) -> set[Author]:
    rows = session.execute(statement, _parameters(session, authors)) if authors else ()
    return {(chat_id, author_id) for chat_id, author_id in rows}


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
    by_verdict = written.join(Verdict, Verdict.message_id == theirs.id).where(~Verdict.is_shadow).distinct()
    may_be_flagged = (theirs.state == MessageState.SPAM) | (theirs.edit > 0)  # of every flagged message one holds
    decided_ham = select(Correction.id).join(Verdict, ACCEPTED).where(Verdict.message_id == theirs.id)
    decided_ham = decided_ham.where(Verdict.edit == theirs.edit, ~Correction.is_spam).correlate(theirs)
    clean = written.add_columns(func.substr(theirs.text, 1, BEGINNING))
    joins = (Join.chat_id == authors.c.chat_id) & (Join.user_id == authors.c.author_id)
    trusts = (Trust.chat_id == authors.c.chat_id) & (Trust.user_id == authors.c.author_id)
    return Statements(
        flagged=by_verdict.where(may_be_flagged, IS_CLEAR_FLAG),
        decided_spam=by_verdict.join(Correction, ACCEPTED).where(Correction.is_spam),
        clean_texts=clean.where(theirs.state.in_(CLEAN) | decided_ham.exists(), ~theirs.is_join),
        joined=select(*whose).select_from(authors).join(Join, joins),
        trusted=select(*whose).select_from(authors).join(Trust, trusts),
    )


def _pairs() -> FromClause:
    arrays = [bindparam(name, type_=ARRAY(BigInteger())) for name in ("chat_ids", "author_ids")]
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
