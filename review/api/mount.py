"""Sends requests for `/api/` to the API, before the guards and error pages of the site."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.api.schemas import ADDRESS

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class WithApi:
    """The site with the API beside it. A mount would leave addresses with line breaks to the pages."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            await self._api({**scope, "root_path": scope.get("root_path", "") + ADDRESS}, receive, _guarded(send))
        else:
            await self._app(scope, receive, send)


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return guarded
