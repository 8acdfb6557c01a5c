"""What happens while a page is open: new messages, other people's decisions and claims, as server-sent events."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine

from review.auth import SignedIn
from review.filters import QueueFilter
from storage.access import audit
from storage.errors import StorageError
from storage.models import now
from storage.moderation import claims
from storage.session import reading
from storage.views import queue
from storage.views.queue import QueueQuery

SINCE = re.compile(r"^[0-9]{1,18}-[0-9]{1,18}$")
EVERY_SECONDS = 1.0
BEFORE_THE_STREAM = timedelta(seconds=5)  # claims of so long ago are told too: they may be newer than the page
LASTS_SECONDS = 120.0  # then the browser connects again, and its login is checked again

router = APIRouter(prefix="/review")


@dataclass
class Position:
    """How far a stream has come: the newest verdict, audit entry and claim (by its end) that it has sent."""

    verdict_id: int
    entry_id: int
    claimed_until: datetime


@router.get("/events")
async def tell(
    request: Request,
    login: SignedIn,
    filters: Annotated[QueueFilter, Query()],
    since: Annotated[str, Query(pattern=SINCE.pattern)] = "0-0",
) -> StreamingResponse:
    """A stream of `fresh`, `decision` and `claim`, each with a verdict's id."""
    last = request.headers.get("last-event-id", since)
    verdict_id, entry_id = (int(number) for number in (last if SINCE.fullmatch(last) else since).split("-"))
    position = Position(verdict_id, entry_id, now() + claims.LASTS - BEFORE_THE_STREAM)
    stream = _stream(request, filters.within(login.chats), login.actor, position)
    return StreamingResponse(stream, media_type="text/event-stream")


async def _stream(request: Request, query: QueueQuery, actor: str, position: Position) -> AsyncIterator[str]:
    engine = request.app.state.engine
    yield "retry: 2000\n\n"
    for _ in range(int(LASTS_SECONDS / EVERY_SECONDS)):
        if request.app.state.is_stopping() or await request.is_disconnected():
            return
        try:
            news = await run_in_threadpool(_news, engine, query, actor, position)
        except StorageError:
            return  # the browser connects again in a while
        for kind, verdict_id in news:
            yield f"id: {position.verdict_id}-{position.entry_id}\nevent: {kind}\ndata: {verdict_id}\n\n"
        yield ": still here\n\n"
        await asyncio.sleep(EVERY_SECONDS)


def _news(engine: Engine, query: QueueQuery, actor: str, position: Position) -> list[tuple[str, int]]:
    with reading(engine) as session:
        made = queue.fresh(session, query, position.verdict_id)
        decided = audit.decided_after(session, query.chats, position.entry_id)
        claimed = claims.newer(session, query.chats, position.claimed_until, but=actor)
    position.verdict_id = max([position.verdict_id, *made])
    position.entry_id = max([position.entry_id, *(entry.id for entry in decided)])
    position.claimed_until = max([position.claimed_until, *(claim.until for claim in claimed)])
    decisions = [("decision", e.verdict_id) for e in decided if e.verdict_id is not None]
    return [("fresh", one) for one in made] + decisions + [("claim", claim.verdict_id) for claim in claimed]
