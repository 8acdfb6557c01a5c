"""Presumed ham: what members in good standing wrote in groups, and nobody objected to for two days.

A message's lot hangs on its chat and its number alone, so that the samples of two nights are alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.models import Chat, Message
from storage.queries import presumable, standing

SPARE = 2  # as many candidates as may be taken, and as many again: some say the same, or next to nothing
AT_ONCE = 500  # rows that are read and looked at together
COLUMNS = (Message.id, Message.edit, Message.chat_id, Message.author_id, Message.text, Message.sent_at)
LISTENED = timedelta(days=3)  # to a chat, before what is said there may ask for a run
LEAST_AUTHORS = 3  # who must have said what asks for a run
LEAST_WORDS = 2
WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
LETTERS_OF_A_WORD = 2  # of those


Rows = Select[int, int, int, Any, str, datetime, bool]  # as PresumedText has them; each has an author


@dataclass(frozen=True)
class Limits:
    """How much is taken at most: to learn from, and as much again to measure with."""

    texts: int = 1_500
    per_author: int = 20  # over all chats


@dataclass(frozen=True)
class PresumedText:
    """A message that is presumed ham, as training reads it."""

    message_id: int  # the row
    edit: int
    chat_id: int
    author_id: int
    text: str
    sent_at: datetime
    is_held_out: bool  # one in five, always the same: never learned from


@dataclass
class _Sample:
    """What is taken so far, on both sides."""

    limits: Limits
    taken: list[PresumedText] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    sides: Counter[bool] = field(default_factory=Counter)
    by_author: Counter[tuple[int, bool]] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        return min(self.sides[True], self.sides[False]) >= self.limits.texts

    def add(self, one: PresumedText) -> None:
        """Take it, unless its side or its author's share is full, or the same was said before."""
        gist, author = " ".join(one.text.casefold().split()), (one.author_id, one.is_held_out)
        is_full = self.sides[one.is_held_out] >= self.limits.texts or self.by_author[author] >= self.limits.per_author
        if is_full or gist in self.said or not says_something(one.text):
            return
        self.said.add(gist)
        self.sides[one.is_held_out] += 1
        self.by_author[author] += 1
        self.taken.append(one)


def sample(session: Session, at: datetime, limits: Limits) -> list[PresumedText]:
    """Distinct texts from all groups in turn; what is held out stands among them, marked."""
    found, whose = _Sample(limits), _Authors(session)
    rows = session.execute(_in_turns(at, limits).execution_options(yield_per=AT_ONCE))
    for page in rows.partitions():
        some = [PresumedText(*row) for row in page]
        whose.ask_about((one.chat_id, one.author_id) for one in some)
        for one in some:
            if whose.are_good(one.chat_id, one.author_id):
                found.add(one)
        if found.is_full:
            rows.close()
            break
    return found.taken


def says_something(text: str) -> bool:
    """Whether there are two words to it; in scripts without spaces, as many letters as two words have."""
    return len(text.split()) >= LEAST_WORDS or len(WITHOUT_SPACES.findall(text)) >= LEAST_WORDS * LETTERS_OF_A_WORD


def learnable(session: Session, at: datetime, limits: Limits) -> int:
    """About how many texts a run could learn from, counted no further than the limits; 0 where too few members said them.

    Chats that were listened to for less than three days do not count yet. The busiest members are asked about first, so
    that it costs by the number that is asked for, and hardly by that of all messages.
    """
    each = min(limits.per_author, max(1, limits.texts // LEAST_AUTHORS))
    found, whose = _Sample(Limits(limits.texts, each)), _Authors(session)
    for chat_id, author_id in _busiest(session, at):
        if found.sides[False] >= limits.texts:
            break
        whose.ask_about([(chat_id, author_id)])
        if whose.are_good(chat_id, author_id):
            for row in session.execute(_of_author(at, limits, chat_id, author_id)):
                found.add(PresumedText(*row))
    authors = {one.author_id for one in found.taken if not one.is_held_out}
    return found.sides[False] if len(authors) >= LEAST_AUTHORS else 0


class _Authors:
    """Whose standing is known so far."""

    def __init__(self, session: Session) -> None:
        self._session, self._sanctioned = session, presumable.sanctioned(session)
        self._good: dict[tuple[int, int], bool] = {}

    def ask_about(self, whose: Iterable[tuple[int, int]]) -> None:
        """Learn the standing of those authors in those chats of whom it is not known."""
        new: dict[int, set[int]] = {}
        for chat_id, author_id in whose:
            if (chat_id, author_id) not in self._good:
                new.setdefault(chat_id, set()).add(author_id)
        for chat_id, authors in new.items():
            good = in_good_standing(self._session, self._session.get_one(Chat, chat_id), authors)
            self._good.update({(chat_id, author): author in good for author in authors})

    def are_good(self, chat_id: int, author_id: int) -> bool:
        return self._good[chat_id, author_id] and (chat_id, author_id) not in self._sanctioned


def in_good_standing(session: Session, chat: Chat, author_ids: Iterable[int]) -> set[int]:
    """Those of the authors who are in good standing in the chat now."""
    return {author for author in author_ids if standing.is_good(session, chat, author)}


def count_in_good_standing(session: Session, chat_id: int) -> int:
    """How many authors are in good standing in the chat now."""
    chat = session.get_one(Chat, chat_id)
    clean = select(Message.author_id).where(Message.chat_id == chat_id, Message.author_id.is_not(None))
    clean = clean.where(Message.state.in_(standing.CLEAN)).group_by(Message.author_id)
    regulars = session.scalars(clean.having(func.count() >= chat.standing_after))
    return len(in_good_standing(session, chat, [author for author in regulars if author is not None]))


def _in_turns(at: datetime, limits: Limits) -> Rows:
    """The candidates, one of each chat after the other, as PresumedText has them."""
    found = presumable.placed(at)
    by_chat = (found.c.chat_id, found.c.is_held_out)
    turn = func.row_number().over(partition_by=by_chat, order_by=(found.c.lot, found.c.id))
    few = select(found.c.id, found.c.is_held_out, turn.label("turn"))
    few = few.where(found.c.place <= SPARE * limits.per_author, found.c.of_author >= found.c.standing_after)
    turns = few.subquery()
    drawn = select(*COLUMNS, turns.c.is_held_out).join(turns, turns.c.id == Message.id)
    return drawn.where(turns.c.turn <= SPARE * limits.texts).order_by(turns.c.turn, Message.chat_id, Message.id)


def _busiest(session: Session, at: datetime) -> list[tuple[int, int]]:
    """Chats with their members who wrote enough for good standing, the busiest first; counted in an index alone."""
    n = func.count().label("n")
    wrote = select(Message.chat_id, Message.author_id, n).where(Message.author_id.is_not(None))
    counted = wrote.group_by(Message.chat_id, Message.author_id).subquery()
    long_ago = select(Message.id).where(Message.chat_id == Chat.id, Message.sent_at <= at - LISTENED)
    found = select(counted.c.chat_id, counted.c.author_id).join(Chat, Chat.id == counted.c.chat_id)
    found = found.where(counted.c.n >= Chat.standing_after, *presumable.groups(), long_ago.correlate(Chat).exists())
    in_order = found.order_by(counted.c.n.desc(), counted.c.chat_id, counted.c.author_id)
    return [(chat_id, author_id) for chat_id, author_id in session.execute(in_order)]


def _of_author(at: datetime, limits: Limits, chat_id: int, author_id: int) -> Rows:
    """Some of what one member wrote in one chat, as PresumedText has it."""
    theirs = select(*COLUMNS, presumable.IS_HELD_OUT).join(Message.chat).where(*presumable.conditions(at))
    theirs = theirs.where(Message.chat_id == chat_id, Message.author_id == author_id)
    return theirs.order_by(Message.id).limit(2 * SPARE * limits.per_author)
