"""The small HTTP server behind HAMLET_METRICS_PORT."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

SECONDS_FOR_A_REQUEST = 10.0
PLAIN = "text/plain; charset=utf-8"

log = structlog.get_logger()


@dataclass(frozen=True)
class Answers:
    """What each path is answered with."""

    registry: CollectorRegistry
    silence: Callable[[], str | None]  # why the process does not go on
    hindrances: Callable[[], list[str]] | None  # why nothing can be judged

    def to(self, path: str, accepts: str) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        if path == "/metrics":
            encode, content_type = choose_encoder(accepts)
            return 200, content_type, encode(self.registry)
        if path == "/healthz":
            silence = self.silence()
            return _plain(200 if silence is None else 503, silence or "ok")
        if path == "/readyz" and self.hindrances is not None:
            reasons = self.hindrances()
            return _plain(503 if reasons else 200, "\n".join(reasons) or "ok")
        return _plain(404, "there are /metrics, /healthz and, at some processes, /readyz")


def _plain(status: int, sentence: str) -> tuple[int, str, bytes]:
    return status, PLAIN, f"{sentence}\n".encode()


class Server(ThreadingHTTPServer):
    """Listens at once. Raises OSError where it cannot, UnicodeError for a host that is none."""

    daemon_threads = True

    def __init__(self, host: str, port: int, answers: Answers) -> None:
        self.answers = answers
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address_family = family
        super().__init__((str(address[0]), port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks the name service who we are, which may take seconds
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # text where it is TCP

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a scrape broke off", client=str(client_address[0]), exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = SECONDS_FOR_A_REQUEST
    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        try:
            status, content_type, body = self.server.answers.to(path, self.headers.get("Accept", ""))
        except Exception:  # a figure that cannot be had is this scrape's loss alone
            log.exception("a scrape failed", path=path)
            status, content_type, body = _plain(500, "failed; the process's log says why")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: scrapes come every few seconds."""
