"""Where a chat wants it, a newcomer's message in a script in which hardly anybody writes there counts as likelier spam.

That is evidence beside the text: it moves the thresholds as the author's standing does, and decides nothing alone.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage import scripts
from storage.models import Chat, Correction, Message, Standing, Verdict
from storage.moderation.policies.opinions import Opinion, Subject
from storage.moderation.standing import ACCEPTED, BEGINNING, CLEAN

NEWEST = 1_000  # clean messages of a chat, which say in which scripts it writes
KEPT_SECONDS = 600.0
MOST_CHATS = 500  # whose scripts are kept
NEWCOMERS = (Standing.NEWCOMER, Standing.SOME)

Key = tuple[int, datetime]  # of a chat, in whichever database


@dataclass
class Cache:
    """The scripts of chats, read at most once in KEPT_SECONDS; the oldest are forgotten first."""

    clock: Callable[[], float] = time.monotonic
    entries: OrderedDict[Key, tuple[float, frozenset[str]]] = field(default_factory=OrderedDict)

    def get(self, key: Key) -> frozenset[str] | None:
        until, used = self.entries.get(key, (float("-inf"), frozenset[str]()))
        return used if self.clock() < until else None

    def put(self, key: Key, used: frozenset[str]) -> None:
        self.entries.pop(key, None)
        self.entries[key] = (self.clock() + KEPT_SECONDS, used)
        if len(self.entries) > MOST_CHATS:
            self.entries.popitem(last=False)


_CACHE = Cache()


def opinions(session: Session, subjects: Sequence[Subject], cache: Cache = _CACHE) -> Mapping[int, Opinion]:
    """The script of each newcomer's message that is in none of those that its chat writes in."""
    written = {
        subject.message.id: (script, subject.chat)
        for subject in subjects
        if subject.settings.weighs_scripts
        and subject.standing in NEWCOMERS
        and not subject.message.is_join
        and (script := scripts.of(subject.message.text)) is not None
    }
    used = {chat.id: _used(session, chat, cache) for _, chat in written.values()}
    return {
        row: Opinion(script=script) for row, (script, chat) in written.items() if _is_strange(script, used[chat.id])
    }


def _is_strange(script: str, used: frozenset[str] | None) -> bool:
    return used is not None and script not in used


def _used(session: Session, chat: Chat, cache: Cache) -> frozenset[str] | None:
    """The scripts of the chat's newest clean messages; None, and not kept, where these are too few."""
    key = (chat.external_id, chat.created_at)
    if (known := cache.get(key)) is not None:
        return known
    used = scripts.used(session.scalars(_clean(chat)))
    if used is not None:
        cache.put(key, used)
    return used


def _clean(chat: Chat) -> Select[str]:
    decided_spam = (
        select(Verdict.id).join(Correction, ACCEPTED).where(Verdict.message_id == Message.id, Correction.is_spam)
    )
    newest = select(func.substr(Message.text, 1, BEGINNING)).where(Message.chat_id == chat.id, Message.state.in_(CLEAN))
    newest = newest.where(~decided_spam.correlate(Message).exists())
    return newest.order_by(Message.message_id.desc()).limit(NEWEST)
