"""Presumed ham: what members in good standing wrote in groups and nobody objected to for two days.

A message's lot depends on its chat and its number alone, so that the samples of two nights are alike.
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

from storage.learning import presumable
from storage.models import Chat, Message
from storage.moderation import standing

SPARE = 2  # times as many candidates are read as may be taken, since some are repeats or too short
AT_ONCE = 500  # rows read in one batch
COLUMNS = (Message.id, Message.edit, Message.chat_id, Message.author_id, Message.text, Message.sent_at)
LISTENED = timedelta(days=3)  # to a chat, before its messages may ask for a run
LEAST_AUTHORS = 3  # of the messages that ask for a run
LEAST_WORDS = 2
WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
LETTERS_OF_A_WORD = 2  # in those scripts

Rows = Select[int, int, int, Any, str, datetime, bool]  # the fields of PresumedText; each has an author


@dataclass(frozen=True)
class Limits:
    """How many texts are taken at most to learn from, and as many again to measure with."""

    texts: int = 1_500
    per_author: int = 20  # over all chats


@dataclass(frozen=True)
class PresumedText:
    """A message presumed to be ham, as training reads it."""

    message_id: int  # the row
    edit: int
    chat_id: int
    author_id: int
    text: str
    sent_at: datetime
    is_held_out: bool  # one in five, always the same: never learned from


@dataclass
class _Sample:
    """The texts taken so far: those to learn from and those held out."""

    limits: Limits
    taken: list[PresumedText] = field(default_factory=list)
    gists: set[str] = field(default_factory=set)
    sides: Counter[bool] = field(default_factory=Counter)
    by_author: Counter[tuple[int, bool]] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        return min(self.sides[True], self.sides[False]) >= self.limits.texts

    def add(self, text: PresumedText) -> None:
        """Take a text, unless its side or its author's share is full, or it is a repeat or too short."""
        gist, author = " ".join(text.text.casefold().split()), (text.author_id, text.is_held_out)
        is_full = self.sides[text.is_held_out] >= self.limits.texts or self.by_author[author] >= self.limits.per_author
        if is_full or gist in self.gists or not says_something(text.text):
            return
        self.gists.add(gist)
        self.sides[text.is_held_out] += 1
        self.by_author[author] += 1
        self.taken.append(text)


def sample(session: Session, at: datetime, limits: Limits) -> list[PresumedText]:
    """Distinct texts from all groups in turn, the held-out ones among them and marked."""
    texts, authors = _Sample(limits), _Authors(session)
    rows = session.execute(_in_turns(at, limits).execution_options(yield_per=AT_ONCE))
    for page in rows.partitions():
        candidates = [PresumedText(*row) for row in page]
        authors.look_up((text.chat_id, text.author_id) for text in candidates)
        for text in candidates:
            if authors.is_good(text.chat_id, text.author_id):
                texts.add(text)
        if texts.is_full:
            rows.close()
            break
    return texts.taken


def says_something(text: str) -> bool:
    """Whether a text has two words or more; in scripts without spaces, as many letters as two words have."""
    return len(text.split()) >= LEAST_WORDS or len(WITHOUT_SPACES.findall(text)) >= LEAST_WORDS * LETTERS_OF_A_WORD


def learnable(session: Session, at: datetime, limits: Limits) -> int:
    """About how many texts a run could learn from, counted up to the limits; 0 where too few members wrote them.

    Chats that were listened to for less than three days do not count yet. The busiest members come first, so that the
    cost depends on the limits and hardly on the number of messages.
    """
    each = min(limits.per_author, max(1, limits.texts // LEAST_AUTHORS))
    texts, authors = _Sample(Limits(limits.texts, each)), _Authors(session)
    for chat_id, author_id in _busiest(session, at):
        if texts.sides[False] >= limits.texts:
            break
        authors.look_up([(chat_id, author_id)])
        if authors.is_good(chat_id, author_id):
            for row in session.execute(_of_author(at, limits, chat_id, author_id)):
                texts.add(PresumedText(*row))
    author_ids = {text.author_id for text in texts.taken if not text.is_held_out}
    return texts.sides[False] if len(author_ids) >= LEAST_AUTHORS else 0


class _Authors:
    """Which authors are in good standing and under no sanction, as far as they were looked up."""

    def __init__(self, session: Session) -> None:
        self._session, self._sanctioned = session, presumable.sanctioned(session)
        self._good: dict[tuple[int, int], bool] = {}

    def look_up(self, people: Iterable[tuple[int, int]]) -> None:
        """Read the standing of these authors, each in a chat, where it was not read before."""
        new: dict[int, set[int]] = {}
        for chat_id, author_id in people:
            if (chat_id, author_id) not in self._good:
                new.setdefault(chat_id, set()).add(author_id)
        for chat_id, authors in new.items():
            good = in_good_standing(self._session, self._session.get_one(Chat, chat_id), authors)
            self._good.update({(chat_id, author): author in good for author in authors})

    def is_good(self, chat_id: int, author_id: int) -> bool:
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
    """The candidates, one of each chat in turn, with the columns of PresumedText."""
    placed = presumable.placed(at)
    by_chat = (placed.c.chat_id, placed.c.is_held_out)
    turn = func.row_number().over(partition_by=by_chat, order_by=(placed.c.lot, placed.c.id))
    candidates = select(placed.c.id, placed.c.is_held_out, turn.label("turn"))
    has_enough = placed.c.of_author >= placed.c.standing_after
    turns = candidates.where(placed.c.place <= SPARE * limits.per_author, has_enough).subquery()
    drawn = select(*COLUMNS, turns.c.is_held_out).join(turns, turns.c.id == Message.id)
    return drawn.where(turns.c.turn <= SPARE * limits.texts).order_by(turns.c.turn, Message.chat_id, Message.id)


def _busiest(session: Session, at: datetime) -> list[tuple[int, int]]:
    """Chats, each with a member who wrote enough for good standing, the busiest first; counted in an index alone."""
    n = func.count().label("n")
    by_author = select(Message.chat_id, Message.author_id, n).where(Message.author_id.is_not(None))
    counted = by_author.group_by(Message.chat_id, Message.author_id).subquery()
    long_ago = select(Message.id).where(Message.chat_id == Chat.id, Message.sent_at <= at - LISTENED)
    busy = select(counted.c.chat_id, counted.c.author_id).join(Chat, Chat.id == counted.c.chat_id)
    busy = busy.where(counted.c.n >= Chat.standing_after, *presumable.groups(), long_ago.correlate(Chat).exists())
    in_order = busy.order_by(counted.c.n.desc(), counted.c.chat_id, counted.c.author_id)
    return [(chat_id, author_id) for chat_id, author_id in session.execute(in_order)]


def _of_author(at: datetime, limits: Limits, chat_id: int, author_id: int) -> Rows:
    """Some of one member's messages in one chat, with the columns of PresumedText."""
    messages = select(*COLUMNS, presumable.IS_HELD_OUT).join(Message.chat).where(*presumable.conditions(at))
    messages = messages.where(Message.chat_id == chat_id, Message.author_id == author_id)
    return messages.order_by(Message.id).limit(2 * SPARE * limits.per_author)
