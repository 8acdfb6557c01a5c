"""Request bodies that are too large: refused by their Content-Length, or while they arrive."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.api.problems import problem

LARGEST_JSON = 8_000_000  # bytes; 256 messages of 30,000 characters fit
IMPORT = "/import"


class TooLarge(HTTPException):
    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The limit is {limit:,} bytes at once: send less, or in parts.")


class BodyLimit:
    """Counts what arrives; imports have a limit of their own."""

    def __init__(self, app: ASGIApp, largest_import: int) -> None:
        self._app, self._largest_import = app, largest_import

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._largest_import if scope["path"].endswith(IMPORT) else LARGEST_JSON
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > limit:
            await problem(413, TooLarge(limit).detail)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise TooLarge(limit)
        return message

    return counted
