"""Coming in and going out, and whether the site is well."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from review import auth
from review.auth import OwnForm
from review.pages import page
from storage.queries import inbox, logins
from storage.session import reading, transaction

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
    return _out()


@router.post("/logout/everywhere")
def log_out_everywhere(request: Request, login: OwnForm) -> Response:
    """End every session of this person, on whatever device."""
    with transaction(request.app.state.engine) as session:
        logins.end_all_sessions(session, login)
    return _out()


def _out() -> Response:
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(auth.COOKIE)
    return response
