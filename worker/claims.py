"""What this process claims: it gives back the batch that it could not end, and takes a suspect now and then.

A message's `attempts` are to count the workers that died over it. A database that takes claims and then no verdicts (a full
disk, a cut connection, a failover) ends a batch, too, but its worker lives and knows that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.errors import DatabaseUnreachable
from storage.moderation import inbox
from storage.moderation.claiming import Claimed
from storage.session import transaction

LOOK_SECONDS = 10.0  # between two looks for a suspect while others keep coming in; a third of a lease
AGAIN_SECONDS = 1.0  # after one was found: a large batch that broke twice leaves hundreds


class Claims:
    """The claims of one process. A new one looks for suspects later, so that one that kills workers does not come first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._looks_at = clock, clock() + LOOK_SECONDS
        self._unended: str | None = None  # the holder of the batch that the database kept from being ended

    @contextmanager
    def batch(self, engine: Engine, limit: int, lease_seconds: float) -> Iterator[tuple[str, list[Claimed]]]:
        """The next batch, as its holder and messages; the one before is given back first if it was not ended.

        Raises DatabaseUnreachable. Other errors may be the fault of a message: they count as attempts.
        """
        holder = self._unended or inbox.new_holder()  # the same again, or an outage of commits would leave many
        try:
            with transaction(engine) as session:
                self.give_back(session)
                claimed = self._claim(session, holder, limit, lease_seconds)
            self._unended = None
            yield holder, claimed
        except DatabaseUnreachable:
            self._unended = holder
            raise

    def give_back(self, session: Session) -> None:
        """Give back what is left of a batch that was not ended, if there is one, as if it had not been claimed."""
        if self._unended is not None:
            inbox.release(session, self._unended)

    def _claim(self, session: Session, holder: str, limit: int, lease_seconds: float) -> list[Claimed]:
        if self._clock() >= self._looks_at:
            suspect = inbox.claim_suspect(session, lease_seconds, holder)
            self._looks_at = self._clock() + (AGAIN_SECONDS if suspect else LOOK_SECONDS)
            if suspect:
                return suspect
        return inbox.claim(session, limit, lease_seconds, holder)[1]
