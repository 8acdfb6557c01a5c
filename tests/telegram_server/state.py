"""What Telegram holds: the parts of the fake one read and change it, and its server makes it."""

from __future__ import annotations

import threading

from tests.telegram_server.words import BOT, Json


class State:
    """Chats, their members and messages, and the updates that wait."""

    _lock: threading.Condition
    _stopped: threading.Event
    _updates: list[Json]
    _webhook: Json | None
    _members: dict[tuple[int, int], Json]
    messages: dict[tuple[int, int], Json]
    pictures: set[str]
    files: dict[str, bytes]
    file_sizes: dict[str, int]
    started: set[int]
    banned_channels: set[tuple[int, int]]
    _linked: dict[int, int]
    closed_topics: set[tuple[int, int]]

    def _chat(self, chat_id: int) -> Json:
        raise NotImplementedError

    def _store(self, chat_id: int, content: Json) -> Json:
        raise NotImplementedError

    def _bot_may(self, chat_id: int, right: str) -> bool:
        return bool(self._members.get((chat_id, BOT["id"]), {}).get(right))
