"""What happens while a page stands open: new messages and others' decisions, as server-sent events."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine

from review.asked import Asked
from review.auth import SignedIn
from storage.errors import StorageError
from storage.queries import audit, queue
from storage.queries.queue import Wanted
from storage.session import reading

SINCE = re.compile(r"^[0-9]{1,18}-[0-9]{1,18}$")
EVERY_SECONDS = 1.0
LASTS_SECONDS = 120.0  # then the browser asks anew, and whether it may is looked at again

router = APIRouter(prefix="/review")


@dataclass
class Seen:
    """How far a stream has told."""

    verdict_id: int
    entry_id: int


@router.get("/events")
async def tell(
    request: Request,
    login: SignedIn,
    asked: Annotated[Asked, Query()],
    since: Annotated[str, Query(pattern=SINCE.pattern)] = "0-0",
) -> StreamingResponse:
    """A stream of `fresh` and `decision`, each with a verdict's id."""
    told = request.headers.get("last-event-id", since)
    verdict_id, entry_id = (int(number) for number in (told if SINCE.fullmatch(told) else since).split("-"))
    stream = _stream(request, asked.wanted(login.chats), Seen(verdict_id, entry_id))
    return StreamingResponse(stream, media_type="text/event-stream")


async def _stream(request: Request, wanted: Wanted, seen: Seen) -> AsyncIterator[str]:
    engine = request.app.state.engine
    yield "retry: 2000\n\n"
    for _ in range(int(LASTS_SECONDS / EVERY_SECONDS)):
        if request.app.state.is_stopping() or await request.is_disconnected():
            return
        try:
            told = await run_in_threadpool(_news, engine, wanted, seen)
        except StorageError:
            return  # the browser asks again in a while
        for kind, verdict_id in told:
            yield f"id: {seen.verdict_id}-{seen.entry_id}\nevent: {kind}\ndata: {verdict_id}\n\n"
        yield ": still here\n\n"
        await asyncio.sleep(EVERY_SECONDS)


def _news(engine: Engine, wanted: Wanted, seen: Seen) -> list[tuple[str, int]]:
    with reading(engine) as session:
        made = queue.fresh(session, wanted, seen.verdict_id)
        decided = audit.decided_after(session, wanted.chats, seen.entry_id)
    seen.verdict_id = max([seen.verdict_id, *made])
    seen.entry_id = max([seen.entry_id, *(entry.id for entry in decided)])
    return [("fresh", one) for one in made] + [("decision", e.verdict_id) for e in decided if e.verdict_id is not None]
