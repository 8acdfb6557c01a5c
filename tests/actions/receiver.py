"""A little web server of our own that records what is posted to it and answers as it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What was posted, and what to answer: each answer once, the last one from then on."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=lambda: [(204, b"")])
    location: str | None = None  # of redirects
    encoding: str | None = None  # of the answers, which are packed already

    def next_answer(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(BaseHTTPRequestHandler):
    """Answers for a receiver."""

    def __init__(self, receiver: Receiver, *rest: object) -> None:
        self.receiver = receiver
        super().__init__(*rest)  # type: ignore[arg-type]  # what the base class is given

    def do_POST(self) -> None:  # the base class's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.posted.append(Posted(self.path, dict(self.headers), body))
        status, content = self.receiver.next_answer()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if self.receiver.encoding is not None:
            self.send_header("Content-Encoding", self.receiver.encoding)
        if self.receiver.location is not None:
            self.send_header("Location", self.receiver.location)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:  # likewise
        self.receiver.posted.append(Posted(self.path, dict(self.headers), b""))
        status, content = self.receiver.next_answer()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if self.receiver.encoding is not None:
            self.send_header("Content-Encoding", self.receiver.encoding)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, receiver))
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
