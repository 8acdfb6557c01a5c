"""Refusals as application/problem+json (RFC 9457): what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from storage.errors import DatabaseUnreachable, StorageError, UnknownCorrection, UnknownVerdict, UnknownVersion

MEDIA = "application/problem+json"
Handler = Callable[[Request, Exception], Awaitable[Response]]

KINDS = {
    400: "unreadable-body",
    401: "no-token",
    403: "scope-missing",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "wrong-content-type",
    422: "invalid-request",
    429: "rate-limit",
    500: "fault",
    503: "database-unreachable",
}
SAYINGS = {
    400: "The body cannot be read; send UTF-8.",
    401: "The header `Authorization: Bearer <token>` is missing, or the token is unknown or revoked.",
    403: "The token lacks the scope that this operation needs.",
    404: "Not found.",
    405: "This address does not support the method.",
    409: "The request contradicts what is stored.",
    413: "The body is too large.",
    415: "The body's content type is not supported here.",
    422: "The request was not understood; `errors` says where.",
    429: "Too many requests, or too many messages wait; `Retry-After` says how many seconds to wait.",
    503: "The database cannot be reached right now; nothing was changed.",
}
STORAGE: dict[type[StorageError], int] = {
    UnknownVerdict: 404,
    UnknownCorrection: 404,
    UnknownVersion: 404,
    DatabaseUnreachable: 503,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:hamlet:problem:not-found"]},
        "title": {"type": "string", "examples": ["Not Found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "examples": ["there is no verdict 7"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "reason"],
                "properties": {"where": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These refusals as an operation's OpenAPI responses; 401, 403, 422, 429 and 503 may come from any."""
    every = sorted({401, 403, 422, 429, 503, *statuses})
    return {status: _documented(status) for status in every}


def _documented(status: int) -> dict[str, Any]:
    example = {**_problem(status, SAYINGS[status])}
    answer: dict[str, Any] = {
        "description": SAYINGS[status],
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status == 429:
        answer["headers"] = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait"}}
    return answer


def _problem(status: int, detail: str) -> dict[str, Any]:
    kind = f"urn:hamlet:problem:{KINDS[status]}" if status in KINDS else "about:blank"
    return {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The refusal as an answer."""
    content = _problem(status, detail) | ({"errors": errors} if errors else {})
    return JSONResponse(content, status, headers, media_type=MEDIA)


def say_problems(app: FastAPI) -> None:
    """Answer every refusal and every fault of the application with a problem, never with a page."""
    for kind, status in STORAGE.items():
        app.add_exception_handler(kind, _saying(status))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _fault)


def _saying(status: int) -> Handler:
    async def say(_request: Request, error: Exception) -> Response:
        return problem(status, SAYINGS[503] if status == 503 else f"{error}")  # 503's own words name our machines

    return say


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    says_nothing = error.detail == HTTPStatus(error.status_code).phrase
    detail = SAYINGS.get(error.status_code, error.detail) if says_nothing else error.detail
    return problem(error.status_code, detail, headers=error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"where": ".".join(map(str, wrong["loc"])), "reason": str(wrong["msg"])} for wrong in error.errors()]
    for wrong in errors:
        wrong["where"] = wrong["where"].encode("utf-8", "replace").decode()
    return problem(422, SAYINGS[422], errors)


async def _gone(_request: Request, _error: Exception) -> Response:
    return problem(400, "The body ended early; what was stored so far stays, and sending it again is harmless.")


async def _fault(_request: Request, _error: Exception) -> Response:
    return problem(500, "Something broke here; the log says what. Nothing that was answered before is lost.")
