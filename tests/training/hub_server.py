"""A hub of our own: it speaks as much of the Hugging Face hub's protocol as fetching a repository needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

REVISION = "0123456789abcdef0123456789abcdef01234567"


class Handler(BaseHTTPRequestHandler):
    """Answers for the repositories that are folders under `root`."""

    protocol_version = "HTTP/1.1"

    def __init__(self, root: Path, *rest: object) -> None:
        self.root = root
        super().__init__(*rest)  # type: ignore[arg-type]  # what the base class is given

    def do_HEAD(self) -> None:  # the base class's name
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            return self._about(self.root / parts[2] / parts[3])
        return self._file(self.root / parts[0] / parts[1] / parts[-1])

    def _about(self, repository: Path) -> None:
        if not repository.is_dir():
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        files = [{"rfilename": path.name, "size": path.stat().st_size} for path in sorted(repository.iterdir())]
        name = f"{repository.parent.name}/{repository.name}"
        about = {
            "_id": "1",
            "id": name,
            "sha": REVISION,
            "siblings": files,
            "private": False,
            "tags": [],
            "downloads": 0,
        }
        return self._send(200, json.dumps(about).encode(), {"Content-Type": "application/json"})

    def _file(self, path: Path) -> None:
        if not path.is_file():
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return self._send(200, content, {"ETag": f'"{digest}"', "X-Repo-Commit": REVISION})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """The address of a hub with the repositories under `root`, each a folder `owner/name`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, root))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
