"""The fake Telegram over HTTP: form fields or JSON in, JSON out, errors as the Bot API words them."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.telegram_server.words import Json, Refused

Answer = Callable[[str, str, Json], Any]
File = Callable[[str, str], bytes | None]


def handler(answer_call: Answer, file: File) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            _, _, path = self.path.partition("/bot")
            token, _, method = path.partition("/")
            try:
                parameters = json.loads(body) if "json" in self.headers.get("Content-Type", "") else _parameters(body)
                answer: Json = {"ok": True, "result": answer_call(token, method, parameters)}
                code = 200
            except Refused as error:
                code = error.code
                answer = {"ok": False, "error_code": code, "description": error.description}
                answer |= {"parameters": error.parameters} if error.parameters else {}
            self._send(code, json.dumps(answer).encode())

        def do_GET(self) -> None:
            token, _, path = self.path.partition("/file/bot")[2].partition("/")
            body = file(token, path)
            self._send(404 if body is None else 200, body or b"", "application/octet-stream")

        def _send(self, code: int, body: bytes, kind: str = "application/json") -> None:
            try:
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):  # the bot was killed while it waited
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _parameters(body: str) -> Json:
    """Form fields, whose nested values are JSON, as the Bot API takes them."""
    parameters: Json = {}
    for name, values in parse_qs(body, keep_blank_values=True).items():
        value = values[0]
        parameters[name] = json.loads(value) if value[:1] in "[{" and name not in ("text", "caption") else value
    return parameters
