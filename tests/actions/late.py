"""A Telegram that does what it is asked for, and where something comes between that and its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.telegram_server import TelegramServer
from tests.telegram_server.words import Json

LONGEST = 30.0  # seconds that an answer is held back, where a test forgets it


class LateTelegram(TelegramServer):
    """Calls `before_answer` of the method, if there is one, after the call was carried out or refused."""

    def __init__(self) -> None:
        super().__init__()
        self.before_answer: dict[str, Callable[[], object]] = {}

    def answer(self, token: str, method: str, parameters: Json) -> Any:
        try:
            return super().answer(token, method, parameters)
        finally:
            self.before_answer.get(method, bool)()

    @contextmanager
    def silent(self, method: str) -> Iterator[None]:
        """Meanwhile this method's answers do not come."""
        is_over = threading.Event()
        with self.interrupted(method, lambda: is_over.wait(LONGEST)):
            try:
                yield
            finally:
                is_over.set()

    @contextmanager
    def interrupted(self, method: str, what: Callable[[], object]) -> Iterator[None]:
        """Meanwhile this happens before each of the method's answers."""
        self.before_answer[method] = what
        try:
            yield
        finally:
            del self.before_answer[method]
