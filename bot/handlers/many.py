"""Decides many messages by one press, a few in each transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session
from telegram import Update, User

from bot.database import Database
from storage.moderation import corrections
from storage.moderation.corrections import Decision

AT_ONCE = 20  # verdicts decided in one transaction
LONGEST_PAUSE_SECONDS = 0.5

Undecided = Callable[[Session], Sequence[int]]  # up to AT_ONCE verdicts that are left to decide


async def decide(database: Database, update: Update, user: User, is_spam: bool, undecided: Undecided) -> int:
    """Decide everything that is left, whatever comes meanwhile included. Returns how many messages. Raises AlreadyHandled."""
    count = 0
    while decided := await _decide_some(database, update, user, is_spam, undecided):
        count += decided
    return count


async def _decide_some(database: Database, update: Update, user: User, is_spam: bool, undecided: Undecided) -> int:
    """Decide a few of them, then let others write for as long as that took: a raid may be thousands of messages."""
    began_at = time.monotonic()

    def decide_few(session: Session) -> int:
        verdict_ids = undecided(session)
        for verdict_id in verdict_ids:
            corrections.correct(session, Decision(verdict_id, f"telegram:{user.id}", user.full_name, is_spam))
        return len(verdict_ids)

    count = await database.take_step(update, decide_few)
    await asyncio.sleep(min(time.monotonic() - began_at, LONGEST_PAUSE_SECONDS))
    return count
