"""Logging in and out, the choice of a language, and the health of the site."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from review import auth, language
from review.attempts import Attempts, address_of
from review.auth import OwnForm
from review.language import gettext_noop
from review.pages import page
from storage.access import logins
from storage.moderation import inbox
from storage.session import reading, transaction
from storage.views import wellness
from telegram_ui.language import LANGUAGES

TOO_MANY = gettext_noop("Too many links that open nothing came from your address. Try again in a minute.")
LOCAL = re.compile(
    r"/(?!/)[^\\\x00-\x1f\x7f]*"
)  # browsers read a backslash as a slash, and leave out tabs and line breaks

router = APIRouter()


@router.get("/")
def home() -> Response:
    """The queue is the first page."""
    return RedirectResponse("/review", status_code=303)


@router.get("/health")
def health(request: Request) -> Response:
    """Whether site and database answer, how many messages wait, and what keeps them from being judged."""
    with reading(request.app.state.engine) as session:
        problems = wellness.problems(session, request.app.state.has_files)
        waiting = inbox.waiting(session)
    return JSONResponse({"status": "not judging" if problems else "ok", "waiting": waiting, "problems": problems})


@router.get("/language/{chosen}")
def choose_language(request: Request, chosen: str, back: str = "/") -> Response:
    """Answer this browser in another language from now on, and show the page again that it was on."""
    response = RedirectResponse(back if LOCAL.fullmatch(back) else "/", status_code=303)
    if chosen in LANGUAGES:
        language.remember(response, chosen, request.app.state.settings)
    return response


@router.get("/healthz")
def alive() -> Response:
    """The site answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Whether messages can be judged: 503 with the reasons where they cannot."""
    reasons = wellness.hindrances_now(request.app.state.engine, request.app.state.has_files)
    return PlainTextResponse("\n".join(reasons or ["ok"]) + "\n", status_code=503 if reasons else 200)


@router.get("/login")
def show_login(request: Request, token: str = "") -> Response:
    """A button that spends a login link. Opening the page does not: previews and mail scanners open every link."""
    with reading(request.app.state.engine) as session:
        is_good = bool(token) and logins.opens(session, token)
    if not is_good:
        return _no_login(request, token)
    request.app.state.attempts.succeeded(token)
    answer = page(request, "login.html", {"reason": None, "token": token})
    answer.headers["Referrer-Policy"] = "same-origin"  # with "no-referrer", browsers do not say where the form is from
    return answer


@router.post("/login", dependencies=[Depends(auth.from_this_site)])
def log_in(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Spend a login link and open the queue."""
    attempts: Attempts = request.app.state.attempts
    address = address_of(request)
    if seconds := attempts.wait(address, token):
        return _too_many(request, seconds)
    with transaction(request.app.state.engine) as session:
        opened = logins.use_link(session, token) if token else None
    if opened is None:
        attempts.failed(address, token)
        return _no_login(request, token)
    response = RedirectResponse("/review", status_code=303)
    auth.remember(response, opened, request.app.state.settings)
    return response


def _no_login(request: Request, token: str) -> Response:
    reason = language.say(request)("This link has been used or is too old.") if token else None
    return page(request, "login.html", {"reason": reason, "token": None}, 401 if token else 200)


def _too_many(request: Request, seconds: int) -> Response:
    answer = page(request, "error.html", {"reason": language.say(request)(TOO_MANY)}, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@router.post("/logout")
def log_out(request: Request, login: OwnForm) -> Response:
    """End this session."""
    with transaction(request.app.state.engine) as session:
        logins.end_session(session, request.cookies[auth.COOKIE])
    return _out()


@router.post("/logout/everywhere")
def log_out_everywhere(request: Request, login: OwnForm) -> Response:
    """End every session of this person, on all devices."""
    with transaction(request.app.state.engine) as session:
        logins.end_all_sessions(session, login)
    return _out()


def _out() -> Response:
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(auth.COOKIE)
    return response
