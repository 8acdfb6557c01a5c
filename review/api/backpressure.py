"""Refusing new messages while more of them wait for a verdict than can be judged soon. Nothing taken is ever dropped."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Depends, HTTPException, Request

from storage.moderation import inbox
from storage.session import reading

RETRY_SECONDS = 10


def _within(counts_imported: bool) -> Callable[[Request], None]:
    """A dependency that answers 429 while too many messages wait; imported ones, which all others overtake, if asked."""

    def checked(request: Request) -> None:
        limit: int = request.app.state.pending_limit
        with reading(request.app.state.engine) as session:
            overrun = inbox.waits_more_than(session, limit, counts_imported)
        if overrun:
            reason = f"More than {limit:,} messages wait for a verdict already; send yours again later."
            raise HTTPException(429, reason, {"Retry-After": str(RETRY_SECONDS)})

    return checked


TAKES_MESSAGES = Depends(_within(counts_imported=False))
TAKES_IMPORTS = Depends(_within(counts_imported=True))
