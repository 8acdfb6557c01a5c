"""Messages that could not be judged: shown beside the queue, judged again, or decided as they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from jobs import send
from review.auth import OwnForm
from review.filters import QueueFilter, RowId
from review.pages import page
from storage.models import LoginSession, MessageState
from storage.moderation import failed
from storage.session import reading, transaction
from storage.views import messages

PAGE_SIZE = 25

router = APIRouter(prefix="/review/failed")


def show(request: Request, login: LoginSession, filters: QueueFilter) -> Response:
    """A page of failed messages, the newest first."""
    with reading(request.app.state.engine) as session:
        rows = messages.page(session, PAGE_SIZE + 1, filters.before, MessageState.FAILED, login.chats)
    more = filters.url(before=rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    context = {"login": login, "show": filters.show.value, "messages": rows[:PAGE_SIZE], "more": more}
    return page(request, "failed.html", context)


@router.post("/{row}/again")
def judge_again(request: Request, login: OwnForm, row: RowId) -> Response:
    """Have the worker try once more."""
    with transaction(request.app.state.engine) as session:
        failed.judge_again(session, row, login.chats)
    send.classify()
    return RedirectResponse("/review?show=failed", status_code=303)


@router.post("/{row}")
def decide(request: Request, login: OwnForm, row: RowId, is_spam: Annotated[bool, Form()]) -> Response:
    """Decide about a message without a verdict; nothing is learned from it."""
    with transaction(request.app.state.engine) as session:
        failed.decide(session, row, login.chats, login.actor, login.name, is_spam)
    return RedirectResponse("/review?show=failed", status_code=303)
