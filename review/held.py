"""Messages of newcomers that are held: shown beside the queue, let in or refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.auth import OwnForm
from review.filters import QueueFilter, RowId
from review.pages import page
from storage.models import LoginSession
from storage.moderation import held_messages
from storage.session import reading, transaction
from storage.views import held

PAGE_SIZE = 25

router = APIRouter(prefix="/review/held")


def show(request: Request, login: LoginSession, filters: QueueFilter) -> Response:
    """A page of held messages, the newest first."""
    with reading(request.app.state.engine) as session:
        rows = held.page(session, PAGE_SIZE + 1, filters.before, login.chats)
    more = filters.url(before=rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    context = {"login": login, "show": filters.show.value, "messages": rows[:PAGE_SIZE], "more": more}
    return page(request, "held.html", context)


@router.post("/{row}")
def decide(request: Request, login: OwnForm, row: RowId, lets_in: Annotated[bool, Form()]) -> Response:
    """Let a held message in, or refuse it; of one that somebody decided meanwhile, say who did."""
    with transaction(request.app.state.engine) as session:
        decision = held_messages.decide(session, row, lets_in, login.actor, login.name, login.chats)
    if decision.is_new:
        return RedirectResponse("/review?show=held", status_code=303)
    return page(request, "held-decided.html", {"login": login, "show": "held", "decision": decision}, 409)
