"""Looks at old messages again with the version that serves, one small slice at a time, while no live message waits."""

from __future__ import annotations

import time

from sqlalchemy import Engine

from storage.moderation import inbox, rescans
from storage.odds import NEUTRAL, Shifts, lowered_at_most
from storage.session import reading, transaction
from worker.models import Serving
from worker.moderation import UNHURRIED_CHARACTERS, chunks, decide, scoring_version

SECONDS = 0.5  # of each second in which nothing else is to be done


def go_on(engine: Engine, serving: Serving, batch_size: int, shifts: Shifts = NEUTRAL) -> None:
    """Score slices for SECONDS, or until a message waits: it waits for the slice under way and no longer.

    Raises DatabaseUnreachable.
    """
    until = time.monotonic() + SECONDS
    while advance(engine, serving, batch_size, shifts) and time.monotonic() < until:
        pass


def advance(engine: Engine, serving: Serving, batch_size: int, shifts: Shifts = NEUTRAL) -> bool:
    """Score the next slice, no larger than a live batch, unless messages wait. Returns whether there is more to do.

    Raises DatabaseUnreachable; the slice is then scored again after its lease.
    """
    with reading(engine) as session:
        if not rescans.is_waiting(session) or inbox.waiting(session):
            return False
    with transaction(engine) as session:
        part = rescans.claim(session, serving.version_id, batch_size)
    if part is None:
        return False
    first = next(chunks(part.messages, UNHURRIED_CHARACTERS), [])  # what is left of long ones is the next slice
    judgements = decide(serving.classifier, first, lowered_at_most(shifts))
    with transaction(engine) as session:
        return rescans.record(session, part, scoring_version(serving, shifts=shifts), judgements)
