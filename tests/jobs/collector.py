"""Collects what processes send by OTLP over HTTP, and reads it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """One span as it arrived."""

    name: str
    process: str
    number: bytes
    parent: bytes
    trace: bytes
    attributes: dict[str, Any]
    message: str  # of its status, which ours never have
    events: int


class Collector:
    """Listens on this machine from `__enter__` to `__exit__`, and answers everything with `status`."""

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.path == "/v1/traces":
                    collector.bodies.append(body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.base}/v1/traces"

    def __enter__(self) -> Collector:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spans(self) -> list[Seen]:
        """All that arrived."""
        return [span for body in self.bodies for span in _read(body)]

    def one(self, name: str) -> Seen:
        """The one of this name."""
        (span,) = [span for span in self.spans() if span.name == name]
        return span


def _read(body: bytes) -> list[Seen]:
    request = ExportTraceServiceRequest.FromString(body)
    return [
        Seen(
            span.name,
            _values(of.resource.attributes)["service.name"],
            span.span_id,
            span.parent_span_id,
            span.trace_id,
            _values(span.attributes),
            span.status.message,
            len(span.events),
        )
        for of in request.resource_spans
        for scope in of.scope_spans
        for span in scope.spans
    ]


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
