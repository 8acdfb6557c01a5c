"""The pages. Each view translates, calls one query, and answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field
from sqlalchemy.orm import Session

from jobs import send
from review import auth
from review.auth import OwnForm, SignedIn
from review.pages import page
from storage.models import LoginSession, Platform, now
from storage.queries import chat, corrections, inbox, judged, logins, shadow
from storage.queries.corrections import Decision
from storage.queries.inbox import Incoming
from storage.queries.judged import Judged
from storage.session import reading, transaction

PAGE_SIZE = 25
Queue = Callable[[Session, int, int | None], list[Judged]]
QUEUES: dict[str, Queue] = {
    "open": partial(judged.flagged, open_only=True),
    "all": judged.flagged,
    "audit": judged.audited,
}
RowId = Annotated[int, Field(ge=1, lt=2**63)]
LARGEST_KEY = 2**53  # the form's key becomes the message's id; JavaScript counts exactly up to here

router = APIRouter()


@router.get("/")
def home() -> Response:
    return RedirectResponse("/review", status_code=303)


@router.get("/health")
def health(request: Request) -> Response:
    """Whether the site and its database answer, and how many messages wait."""
    with reading(request.app.state.engine) as session:
        return JSONResponse({"status": "ok", "waiting": inbox.waiting(session)})


@router.get("/login")
def log_in(request: Request, token: str = "") -> Response:
    """Spend a login link and open the queue."""
    with transaction(request.app.state.engine) as session:
        opened = logins.use_link(session, token) if token else None
    if opened is None:
        reason = "This link is spent or too old." if token else None
        return page(request, "login.html", {"reason": reason}, 401 if token else 200)
    response = RedirectResponse("/review", status_code=303)
    auth.remember(response, opened, request.app.state.settings)
    return response


@router.post("/logout")
def log_out(request: Request, login: OwnForm) -> Response:
    with transaction(request.app.state.engine) as session:
        logins.end_session(session, request.cookies[auth.COOKIE])
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(auth.COOKIE)
    return response


@router.get("/chat")
def show_chat(request: Request, login: SignedIn) -> Response:
    """The conversation with the classifier."""
    with reading(request.app.state.engine) as session:
        lines = chat.lines(session)
    return page(request, "chat.html", {"login": login, "lines": lines, "key": secrets.randbelow(LARGEST_KEY)})


@router.post("/chat")
def say(
    request: Request,
    login: OwnForm,
    text: Annotated[str, Form()] = "",
    key: Annotated[int, Form(ge=0, lt=LARGEST_KEY)] = 0,
    wants: Annotated[str, Form()] = "page",
) -> Response:
    """Receive a message as Telegram's are received. The form's key makes sending it twice one message."""
    with transaction(request.app.state.engine) as session:
        message_row = inbox.receive(session, _incoming(login, text, key or secrets.randbelow(LARGEST_KEY)))
    send.classify()
    if wants == "line":
        return show_line(request, login, message_row)
    return RedirectResponse("/chat", status_code=303)


def _incoming(login: LoginSession, text: str, key: int) -> Incoming:
    return Incoming(
        platform=Platform.WEB,
        chat_external_id=0,  # there is one web chat
        chat_title="chat page",
        message_id=key,
        author_id=None,
        author_name=login.name,
        text=text,
        sent_at=now(),
    )


@router.get("/chat/lines/{message_row}")
def show_line(request: Request, login: SignedIn, message_row: RowId) -> Response:
    """One message with what has become of it so far; the page asks again while it is pending."""
    with reading(request.app.state.engine) as session:
        line = chat.line(session, message_row)
    if line is None:
        raise HTTPException(404)
    return page(request, "line.html", {"line": line, "fresh_key": secrets.randbelow(LARGEST_KEY)})


@router.get("/review")
def show_queue(request: Request, login: SignedIn, before: RowId | None = None, show: str = "open") -> Response:
    """Flagged messages, the newest first: those that wait for a decision, or all; ham drawn for audit; where models differ."""
    with reading(request.app.state.engine) as session:
        if show == "disagreements":
            pairs = shadow.disagreements(session, PAGE_SIZE + 1, before)
            items, pages_on = [pair.champion for pair in pairs], [pair.shadow.verdict_id for pair in pairs]
            beside = {pair.champion.verdict_id: pair.shadow for pair in pairs}
        else:
            items = QUEUES.get(show, QUEUES["open"])(session, PAGE_SIZE + 1, before)
            pages_on, beside = [item.verdict_id for item in items], {}
    context = {
        "login": login, "items": items[:PAGE_SIZE], "beside": beside, "show": shown(show),
        "more": pages_on[PAGE_SIZE - 1] if len(items) > PAGE_SIZE else None,
    }  # fmt: skip
    return page(request, "review.html", context)


def shown(show: str) -> str:
    """The queue of that name, or the one that waits for decisions."""
    return show if show in QUEUES or show == "disagreements" else "open"


@router.post("/review/{verdict_id}")
def decide(
    request: Request,
    login: OwnForm,
    verdict_id: RowId,
    is_spam: Annotated[bool, Form()],
    show: Annotated[str, Form()] = "open",
) -> Response:
    """Store the moderator's correction of this verdict."""
    decision = Decision(verdict_id, f"web:{login.name}", login.name, is_spam)
    with transaction(request.app.state.engine) as session:
        corrections.correct(session, decision)
    send.act(verdict_id)
    return RedirectResponse(f"/review?show={shown(show)}", status_code=303)
