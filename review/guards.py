"""What every answer has: protective headers, a limit on bodies, refusals in plain words."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from review import language
from review.auth import ForeignLogin, ForgedForm, NotAllowed, NotSignedIn
from review.language import gettext_noop
from review.pages import page
from review.refusals import NOT_UNDERSTOOD, Refused
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

NO_SUCH_PAGE = gettext_noop("There is no such page.")
WRONG_METHOD = gettext_noop("Method Not Allowed")  # what the framework says
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

REFUSALS: dict[type[Exception], tuple[str, int]] = {
    ForgedForm: (gettext_noop("This form is out of date. Go back, reload the page and try again."), 403),
    ForeignLogin: (gettext_noop("Another site sent this login. Open the link yourself and log in on its page."), 403),
    NotAllowed: (
        gettext_noop(
            "Only an operator may do this. `hamlet login`, run on hamlet's machine, prints an operator's link."
        ),
        403,
    ),
    UnknownChat: (gettext_noop("There is no such chat."), 404),
    UnknownDelivery: (gettext_noop("There is no such delivery any more: they are kept for thirty days."), 404),
    UnknownHold: (gettext_noop("No such message is held; its author may have had it erased."), 404),
    UnknownRescan: (gettext_noop("This list was flagged already, or another one has taken its place."), 409),
    RescanOutdated: (
        gettext_noop("Another version serves by now: look again, for this list is not what it says."),
        409,
    ),
    UnknownRule: (gettext_noop("This chat has no such rule any more."), 404),
    UnknownBulkDecision: (gettext_noop("There is no such decision of yours."), 404),
    UnknownMember: (gettext_noop("Nothing is stored of such a member in this chat."), 404),
    UnknownMessage: (
        gettext_noop("There is no such message to decide; somebody may have decided it in the meantime."),
        404,
    ),
    UnknownVersion: (gettext_noop("There is no such model version."), 404),
    VersionPruned: (
        gettext_noop("The files of that version were removed to save space, so it cannot serve any more."),
        409,
    ),
    FilesGone: (
        gettext_noop("The files of that version are gone from HAMLET_HOME: put them back, or promote another."),
        409,
    ),
    NothingToRollBackTo: (gettext_noop("There is no earlier version that can serve."), 409),
    DatabaseUnreachable: (
        gettext_noop("The database cannot be reached right now. Nothing was changed; try again in a moment."),
        503,
    ),
}
Handler = Callable[[Request, Exception], Awaitable[Response]]


async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Refuse bodies that are too large or of unknown length; set the headers."""
    length, (largest, too_large) = _stated_length(request), _largest(request)
    if request.method == "POST" and length is None:
        response: Response = _refusal(request, Refused(411, "The request does not state its length."))
    elif request.method == "POST" and (length or 0) > largest:
        response = _refusal(request, too_large)
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "max-age=3600"
    return response


def _stated_length(request: Request) -> int | None:
    """How many bytes the body has. A body in chunks ends where it likes, whatever length stands beside it (RFC 9112, 6.3)."""
    length = request.headers.get("content-length", "")
    is_stated = length.isdecimal() and length.isascii() and "transfer-encoding" not in request.headers
    return int(length) if is_stated else None


def _largest(request: Request) -> tuple[int, Refused]:
    """How many bytes the request may have, and the refusal of a larger one."""
    if not HISTORY.fullmatch(request.url.path):
        return LARGEST_BODY, Refused(413, "That is too much text: the limit is 1 MB.")
    mb: int = request.app.state.settings.history_mb
    return mb * 1_000_000, Refused(
        413,
        "That file is too large: the limit is {mb} MB. `hamlet import`, run on hamlet's machine, has no limit.",
        mb=mb,
    )


def _refusal(request: Request, refused: Refused) -> Response:
    return page(request, "error.html", {"reason": language.spoken(request, refused.wording)}, refused.status)


def _saying(sentence: str, status: int) -> Handler:
    async def say(request: Request, _error: Exception) -> Response:
        return _refusal(request, Refused(status, sentence))

    return say


def say_refusals(app: FastAPI) -> None:
    """Answer each refusal with a page and its status."""

    @app.exception_handler(NotSignedIn)
    async def _(request: Request, _error: NotSignedIn) -> Response:
        return page(request, "login.html", {"reason": None}, 401)

    @app.exception_handler(EnforceTooSoon)
    async def _(request: Request, error: EnforceTooSoon) -> Response:
        return _refusal(request, Refused(409, "Not yet: {reason}. Nothing was changed.", reason=error.wording))

    @app.exception_handler(Refused)
    async def _(request: Request, error: Refused) -> Response:
        return _refusal(request, error)

    @app.exception_handler(UnknownVerdict)
    async def _(request: Request, error: UnknownVerdict) -> Response:
        return _refusal(request, Refused(404, "There is no verdict {number}.", number=str(error.verdict_id)))

    for kind, (reason, status) in REFUSALS.items():
        app.add_exception_handler(kind, _saying(reason, status))

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        wrong = ", ".join(str(problem["loc"][-1]) for problem in error.errors())
        return _refusal(request, Refused(422, NOT_UNDERSTOOD, wrong=wrong))

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        sentence = NO_SUCH_PAGE if error.status_code == 404 else str(error.detail)
        return _refusal(request, Refused(error.status_code, sentence))
