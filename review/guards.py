"""What every answer has: protective headers, a limit on bodies, refusals in plain words."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from review.auth import ForgedForm, NotAllowed, NotSignedIn
from review.pages import page
from storage.errors import (
    DatabaseUnreachable,
    EnforceTooSoon,
    FilesGone,
    NothingToRollBackTo,
    RescanOutdated,
    UnknownBulkDecision,
    UnknownChat,
    UnknownDelivery,
    UnknownHold,
    UnknownMember,
    UnknownMessage,
    UnknownRescan,
    UnknownRule,
    UnknownVerdict,
    UnknownVersion,
    VersionPruned,
)

LARGEST_BODY = 1_000_000  # bytes; a text of 200,000 characters, the longest that is judged, fits
HISTORY = re.compile("/chats/[0-9]+/history")  # where a chat's export is sent

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

REFUSALS: dict[type[Exception], tuple[str, int]] = {
    ForgedForm: ("This form is out of date. Go back, reload the page and try again.", 403),
    NotAllowed: (
        "Only an operator may do this. `hamlet login`, run on hamlet's machine, prints an operator's link.",
        403,
    ),
    UnknownChat: ("There is no such chat.", 404),
    UnknownDelivery: ("There is no such delivery any more: they are kept for thirty days.", 404),
    UnknownHold: ("No such message is held; its author may have had it erased.", 404),
    UnknownRescan: ("This list was flagged already, or another one has taken its place.", 409),
    RescanOutdated: ("Another version serves by now: look again, for this list is not what it says.", 409),
    UnknownRule: ("This chat has no such rule any more.", 404),
    UnknownBulkDecision: ("There is no such decision of yours.", 404),
    UnknownMember: ("Nothing is stored of such a member in this chat.", 404),
    UnknownMessage: ("There is no such message to decide; somebody may have decided it in the meantime.", 404),
    UnknownVersion: ("There is no such model version.", 404),
    VersionPruned: ("The files of that version were removed to save space, so it cannot serve any more.", 409),
    FilesGone: ("The files of that version are gone from HAMLET_HOME: put them back, or promote another.", 409),
    NothingToRollBackTo: ("There is no earlier version that can serve.", 409),
    DatabaseUnreachable: (
        "The database cannot be reached right now. Nothing was changed; try again in a moment.",
        503,
    ),
}
Handler = Callable[[Request, Exception], Awaitable[Response]]


async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Refuse bodies that are too large or of unknown length; set the headers."""
    length, (largest, too_large) = request.headers.get("content-length"), _largest(request)
    if request.method == "POST" and (length is None or not length.isdigit()):
        response: Response = page(request, "error.html", {"reason": "The request does not state its length."}, 411)
    elif request.method == "POST" and int(length or 0) > largest:
        response = page(request, "error.html", {"reason": too_large}, 413)
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "max-age=3600"
    return response


def _largest(request: Request) -> tuple[int, str]:
    """How many bytes the request may have, and the reason that a larger one is given."""
    if not HISTORY.fullmatch(request.url.path):
        return LARGEST_BODY, "That is too much text: the limit is 1 MB."
    mb: int = request.app.state.settings.history_mb
    reason = f"That file is too large: the limit is {mb:,} MB. `hamlet import`, run on hamlet's machine, has no limit."
    return mb * 1_000_000, reason


def _saying(reason: str, status: int) -> Handler:
    async def say(request: Request, _error: Exception) -> Response:
        return page(request, "error.html", {"reason": reason}, status)

    return say


def say_refusals(app: FastAPI) -> None:
    """Answer each refusal with a page and its status."""

    @app.exception_handler(NotSignedIn)
    async def _(request: Request, _error: NotSignedIn) -> Response:
        return page(request, "login.html", {"reason": None}, 401)

    @app.exception_handler(EnforceTooSoon)
    async def _(request: Request, error: EnforceTooSoon) -> Response:
        return page(request, "error.html", {"reason": f"Not yet: {error}. Nothing was changed."}, 409)

    @app.exception_handler(UnknownVerdict)
    async def _(request: Request, error: UnknownVerdict) -> Response:
        return page(request, "error.html", {"reason": f"{str(error).capitalize()}."}, 404)

    for kind, (reason, status) in REFUSALS.items():
        app.add_exception_handler(kind, _saying(reason, status))

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        wrong = ", ".join(str(problem["loc"][-1]) for problem in error.errors())
        return page(
            request, "error.html", {"reason": f"The request was not understood: {wrong} is missing or wrong."}, 422
        )

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        reason = "There is no such page." if error.status_code == 404 else str(error.detail)
        return page(request, "error.html", {"reason": reason}, error.status_code)
