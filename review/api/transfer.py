"""Labelled texts in and out, as streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Annotated, Any

from anyio import from_thread, to_thread
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from jobs import send
from review.api.answers import ImportAnswer, Refused
from review.api.backpressure import TAKES_IMPORTS
from review.api.problems import documented
from review.api.schemas import Moment
from review.api.tokens import MayExport, MayImport
from storage import transfer
from storage.formats import Format
from storage.learning.samples import Importer
from storage.transfer import Report

MEDIA = {
    Format.CSV: "text/csv",
    Format.JSONL: "application/x-ndjson",
    Format.SPAM_TXT: "text/plain",
    Format.HAM_TXT: "text/plain",
    Format.DETECTED_SPAM: "application/x-ndjson",
}
TAKEN = ("text/plain", "text/csv", "application/x-ndjson", "application/jsonl", "application/octet-stream")
EXAMPLE = "text,label\nHot girls in your city,spam\nWho is selling their bike?,ham\n"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"The file, UTF-8. Its content type may be {', '.join(TAKEN)}; its format is what `format` says.",
        "content": {"text/plain": {"schema": {"type": "string", "minLength": 1}, "example": EXAMPLE}},
    }
}
FILE: dict[str, Any] = {"schema": {"type": "string"}}
EXPORTED = {"description": "The file", "content": dict.fromkeys(sorted(set(MEDIA.values())), FILE)}
Kind = Annotated[Format, Query(alias="format", description="What the lines look like", examples=["csv"])]

router = APIRouter(tags=["import and export"])


@router.post("/import", dependencies=[TAKES_IMPORTS], responses=documented(400, 413, 415), openapi_extra=BODY)
async def bring_in(request: Request, client: MayImport, kind: Kind) -> ImportAnswer:
    """Teach from labelled texts. Lines that hold none are reported, the rest is taken; sending it again is harmless.

    `csv` has columns text and label, named in the first line; `jsonl` has {"text", "label"}; `spam-txt` and `ham-txt`
    are tg-spam's samples, one text a line; `detected-spam` is tg-spam's detected_spam.jsonl.
    """
    if request.headers.get("content-type", TAKEN[0]).partition(";")[0].strip().lower() not in TAKEN:
        raise HTTPException(415, f"Send the file as {', '.join(TAKEN[:-1])} or {TAKEN[-1]}.")
    stream = request.stream()
    first = await anext(stream, b"")
    if not first:
        raise HTTPException(422, "The body is empty; send the file in it, such as with curl's --data-binary @FILE.")
    importer = Importer(client.id, client.name, f"api:{client.name}")
    arriving = chain([first], _arriving(stream))
    engine = request.app.state.engine
    report = await to_thread.run_sync(transfer.import_labelled, engine, importer, kind, arriving, send.classify)
    return _answer(report)


def _arriving(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """The body, part by part as it arrives, for the thread that stores it."""
    while (part := from_thread.run(_next, stream)) is not None:
        yield part


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


def _answer(report: Report) -> ImportAnswer:
    errors = [Refused(line=error.line, reason=error.reason) for error in report.errors]
    return ImportAnswer(**vars(report.taken), refused=report.refused, errors=errors)


@router.get("/export", response_class=StreamingResponse, responses=documented() | {200: EXPORTED})
def take_out(
    request: Request,
    client: MayExport,
    kind: Kind = Format.JSONL,
    since: Annotated[Moment | None, Query(description="Decided at this moment or later")] = None,
) -> StreamingResponse:
    """The texts that moderators decided, each once, the oldest decision first."""
    parts = transfer.export_labelled(request.app.state.engine, kind, since)
    return StreamingResponse(parts, media_type=MEDIA[kind])
