"""The audit: who did what, when; as a page and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine

from review.auth import SignedIn
from review.filters import RowId
from review.pages import page
from storage.access import audit
from storage.formats import harmless
from storage.models import LoginSession
from storage.session import reading

PAGE_SIZE = 100
COLUMNS = ("number", "at", "actor", "what", "detail", "chat", "verdict")

router = APIRouter(prefix="/audit")


@router.get("")
def show_audit(request: Request, login: SignedIn, before: RowId | None = None) -> Response:
    """What was done, the newest first."""
    with reading(request.app.state.engine) as session:
        lines = audit.page(session, login.chats, PAGE_SIZE + 1, before, login.actor)
    more = lines[PAGE_SIZE - 1][0].id if len(lines) > PAGE_SIZE else None
    return page(request, "audit.html", {"login": login, "lines": lines[:PAGE_SIZE], "more": more})


@router.get(".csv")
def export(request: Request, login: SignedIn) -> StreamingResponse:
    """All of it as a table."""
    name = f"hamlet-audit-{date.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_rows(request.app.state.engine, login), media_type="text/csv", headers=headers)


def _rows(engine: Engine, login: LoginSession) -> Iterator[str]:
    yield _line(COLUMNS)
    with reading(engine) as session:
        for entry, chat in audit.every(session, login.chats, login.actor):
            values = (entry.id, entry.at.isoformat(), entry.actor, entry.what, entry.detail, chat, entry.verdict_id)
            yield _line(["" if value is None else harmless(str(value)) for value in values])


def _line(values: object) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)  # type: ignore[arg-type]  # a row of values
    return line.getvalue()
