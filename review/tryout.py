"""Trying the classifier out: a conversation with it, and one text with everything its verdict is based on."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from jobs import send
from review.auth import OwnForm, SignedIn
from review.filters import RowId
from review.pages import page
from storage.models import LoginSession, Platform, now
from storage.moderation import explanations, receiving
from storage.moderation.receiving import Incoming
from storage.session import reading, transaction
from storage.views import web_chat
from storage.views.web_chat import ChatLine

LARGEST_KEY = 2**53  # the form's key becomes the message's id; JavaScript counts exactly up to here
SHOWN = 50  # lines of the conversation on a page
EXAMPLES = (
    "FREE USDT AIRDROP, connect your wallet",
    "Who is selling their bike? 100 euro cash",
    "Ищу 2-3 человека на удаленную работу, от 150$ в день",
    "Продаю диван, самовывоз, 5000 руб.",
    "Hot girls in your city, click my profile",
    "Could somebody review https://github.com/example/garden/pull/42 before lunch?",
    "W\u043erk fr\u043em h\u200bome, \u0435arn 300$ a d\u0430y, no experience, DM me",
    "¿Quién trae la parrilla mañana?",
)

router = APIRouter()
Key = Annotated[int, Form(ge=0, lt=LARGEST_KEY)]


@router.get("/chat")
def show_chat(request: Request, login: SignedIn, before: RowId | None = None) -> Response:
    """The last lines of the conversation with the classifier, or those before line `before`."""
    with reading(request.app.state.engine) as session:
        lines = web_chat.lines(session, login.user_id, SHOWN + 1, before)
    context = {
        "login": login,
        "lines": lines[-SHOWN:],
        "key": _key(),
        "examples": EXAMPLES,
        "earlier": lines[-SHOWN].id if len(lines) > SHOWN else None,
    }
    return page(request, "chat.html", context)


@router.post("/chat")
def say(
    request: Request,
    login: OwnForm,
    text: Annotated[str, Form()] = "",
    example: Annotated[str, Form()] = "",
    key: Key = 0,
    wants: Annotated[str, Form()] = "page",
) -> Response:
    """Receive a message as one of Telegram's is. A form that is sent twice has one key and makes one message."""
    message_row = _receive(request, login, example or text, key)
    if wants == "line":
        return show_line(request, login, message_row)
    return RedirectResponse("/chat", status_code=303)


@router.get("/chat/lines/{message_row}")
def show_line(request: Request, login: SignedIn, message_row: RowId) -> Response:
    """One message with what has become of it so far; the page asks again while it is pending."""
    with reading(request.app.state.engine) as session:
        line = _line(session, login, message_row)
    return page(request, "line.html", {"line": line, "fresh_key": _key()})


@router.get("/check")
def show_check(request: Request, login: SignedIn) -> Response:
    """A box for any text."""
    return page(request, "check.html", {"login": login, "key": _key(), "examples": EXAMPLES, "line": None})


@router.post("/check")
def check(
    request: Request,
    login: OwnForm,
    text: Annotated[str, Form()] = "",
    example: Annotated[str, Form()] = "",
    key: Key = 0,
) -> Response:
    """Have a text judged as every message is, and show what the verdict is based on."""
    message_row = _receive(request, login, example or text, key)
    return RedirectResponse(f"/check/{message_row}", status_code=303)


@router.get("/check/{message_row}")
def show_checked(request: Request, login: SignedIn, message_row: RowId) -> Response:
    """The text, its score and why."""
    context = _checked(request, login, message_row)
    return page(request, "check.html", context | {"key": _key(), "examples": EXAMPLES})


@router.get("/check/{message_row}/answer")
def show_answer(request: Request, login: SignedIn, message_row: RowId) -> Response:
    """The answer alone; the page asks again until it is complete."""
    return page(request, "answer.html", _checked(request, login, message_row))


@router.post("/check/{message_row}/why")
def ask_why(request: Request, login: OwnForm, message_row: RowId) -> Response:
    """Have the worker explain what the verdict is based on."""
    with transaction(request.app.state.engine) as session:
        verdict_id = _line(session, login, message_row).verdict_id
        if verdict_id is not None:
            explanations.ask(session, verdict_id)
    if verdict_id is not None:
        send.explain(verdict_id)
    return RedirectResponse(f"/check/{message_row}", status_code=303)


def _checked(request: Request, login: LoginSession, message_row: int) -> dict[str, Any]:
    with reading(request.app.state.engine) as session:
        line = _line(session, login, message_row)
        why = explanations.of(session, line.verdict_id) if line.verdict_id else None
    return {"login": login, "line": line, "why": why}


def _line(session: Session, login: LoginSession, message_row: int) -> ChatLine:
    """The line, if this person may see it. Raises HTTPException (404) otherwise."""
    line = web_chat.line(session, message_row, login.user_id)
    if line is None:
        raise HTTPException(404)
    return line


def _receive(request: Request, login: LoginSession, text: str, key: int) -> int:
    with transaction(request.app.state.engine) as session:
        message_row = receiving.receive(session, _incoming(login, text, key or _key()))
    send.classify()
    return message_row


def _key() -> int:
    return secrets.randbelow(LARGEST_KEY)


def _incoming(login: LoginSession, text: str, key: int) -> Incoming:
    return Incoming(
        platform=Platform.WEB,
        chat_external_id=0,  # there is one web chat; a moderator sees their own lines in it
        chat_title="chat page",
        message_id=key,
        author_id=login.user_id,
        author_name=login.name,
        text=text,
        sent_at=now(),
    )
