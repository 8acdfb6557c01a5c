"""A span for each request: the method, the route as it is declared and the status; never the address or its query."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobs import traces

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER = "_OTHER"  # by OpenTelemetry's conventions, for a word that is the client's own


class Traced:
    """The application in a span, where traces are kept. A client's `traceparent` is not heeded: it chooses nothing here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not traces.is_on():
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else OTHER
        name = "HTTP" if method == OTHER else method
        with traces.span(name, "server", {"http.request.method": method}) as span:
            try:
                await self._app(scope, receive, _noting(span, send))
            finally:
                if route := getattr(scope.get("route"), "path", None):
                    path = scope.get("root_path", "") + route
                    span.rename(f"{name} {path}")
                    span.attribute("http.route", path)


def _noting(span: traces.Span, send: Send) -> Send:
    """Notes the answer's status."""

    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.attribute("http.response.status_code", message["status"])
            if message["status"] >= 500:
                span.fail(str(message["status"]))
        await send(message)

    return noting
