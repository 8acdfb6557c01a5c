"""The world as Telegram holds it, with what a test does in it as a member."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.telegram_server.door import handler
from tests.telegram_server.groups import Groups
from tests.telegram_server.words import BOT, TOKEN, Json, Refused


class TelegramServer(Groups):
    """Holds chats, messages and waiting updates; tests act as members through its methods."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._updates: list[Json] = []
        self._next_update = 1000
        self._next_message = 1
        self._webhook: Json | None = None
        self._errors: dict[str, list[Refused]] = {}
        self._chats: dict[int, Json] = {}
        self._linked: dict[int, int] = {}  # the channel whose discussion group a chat is
        self._members: dict[tuple[int, int], Json] = {}
        self._counts: dict[int, int] = {}  # the next message's number, in supergroups that once were basic groups
        self.messages: dict[tuple[int, int], Json] = {}
        self.history: dict[tuple[int, int], Json] = {}  # every message as it was written, deleted or not
        self.pictures: set[str] = set()  # file ids that Telegram knows
        self.files: dict[str, bytes] = {}  # what they consist of, by id
        self.file_sizes: dict[str, int] = {}  # where Telegram says something else than the truth
        self.started: set[int] = set()  # people who began a private conversation with the bot
        self.banned_channels: set[tuple[int, int]] = set()  # chat, channel
        self.closed_topics: set[tuple[int, int]] = set()  # chat, topic; 0 is the general one
        self._moved: dict[int, int] = {}  # numbers of basic groups that became supergroups, and theirs now
        self.calls: list[tuple[str, Json]] = []
        self.webhook_target: str | None = None  # where a proxy would lead the webhook's public address
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler(self.answer, self.file))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._serve, self._deliver)]

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)  # how long stopping takes

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    # What a test does

    def whisper(self, who: Json, text: str) -> int:
        """Have a person write to the bot in private."""
        self._chats.setdefault(who["id"], {"id": who["id"], "type": "private", "first_name": who["first_name"]})
        self.started.add(who["id"])
        return self.say(who["id"], who, text)

    def say(self, chat_id: int, who: Json, text: str | None, **extra: Any) -> int:
        """Have a person write a message; the bot will be told. Returns its message_id."""
        with self._lock:
            content = {"from": who, "text": text, **_commands(text), **extra}
            message = self._store(chat_id, {k: v for k, v in content.items() if v is not None})
            self._tell({"message": message})
        return int(message["message_id"])

    def reply(self, chat_id: int, who: Json, message_id: int, text: str) -> int:
        """Answer a message that stands in the chat."""
        with self._lock:
            answered = self.messages[chat_id, message_id]
        return self.say(chat_id, who, text, reply_to_message=answered)

    def edit(self, chat_id: int, message_id: int, text: str | None = None, **content: Any) -> None:
        """Have the author change the text, or other content: a caption, a picture."""
        with self._lock:
            changed = content if text is None else {"text": text, **content}
            message = self.messages[chat_id, message_id] | {**changed, "edit_date": int(time.time()) + 1}
            self.messages[chat_id, message_id] = message
            self._tell({"edited_message": message})

    def press(self, who: Json, notice: Json, button: str) -> str:
        """Press the button of that label under a notice. Returns the callback query's id."""
        rows = notice["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if b["text"] == button)
        with self._lock:
            query_id = str(self._next_update)
            query = {"id": query_id, "from": who, "chat_instance": "1", "data": data, "message": notice}
            self._tell({"callback_query": query})
        return query_id

    def fail_next(self, method: str, *errors: Refused) -> None:
        """Answer the next calls of a method with these errors."""
        self._errors.setdefault(method, []).extend(errors)

    @contextmanager
    def world(self) -> Iterator[list[Json]]:
        """Every update nobody confirmed, for a test that hears by itself."""
        with self._lock:
            yield self._updates

    @property
    def waiting(self) -> int:
        """Updates the bot has not confirmed."""
        return len(self._updates)

    def sent_to(self, chat_id: int) -> list[Json]:
        """What the bot's messages in a chat say now."""
        own = (m for (chat, _), m in self.messages.items() if chat == chat_id and m["from"]["id"] == BOT["id"])
        return sorted(own, key=lambda m: int(m["message_id"]))

    def called(self, method: str) -> list[Json]:
        return [parameters for name, parameters in self.calls if name == method]

    # How it works

    def _store(self, chat_id: int, content: Json) -> Json:
        number = self._counts.get(chat_id, self._next_message)
        message = {"message_id": number, "date": int(time.time()), "chat": self._chat(chat_id), **content}
        self.messages[chat_id, number] = self.history[chat_id, number] = message
        if chat_id in self._counts:
            self._counts[chat_id] += 1
        else:
            self._next_message += 1
        return message

    def _chat(self, chat_id: int) -> Json:
        if chat_id in self._moved:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self._moved[chat_id],
            )
        if chat_id not in self._chats:
            raise Refused(400, "Bad Request: chat not found")
        return self._chats[chat_id]

    def _tell(self, update: Json) -> None:
        self._updates.append({"update_id": self._next_update, **update})
        self._next_update += 1
        self._lock.notify_all()

    def answer(self, token: str, method: str, parameters: Json) -> Any:
        """One call of the Bot API. Raises Refused."""
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        call = getattr(self, f"call_{method}", None)
        if call is None:
            raise Refused(404, "Not Found: method not found")
        if method != "getUpdates":
            self.calls.append((method, parameters))
        if self._errors.get(method):
            raise self._errors[method].pop(0)
        with self._lock:
            return call(parameters)

    def file(self, token: str, path: str) -> bytes | None:
        """What is downloaded from that path, as `getFile` names it."""
        return self.files.get(path.removeprefix("photos/")) if token == TOKEN else None

    def _deliver(self) -> None:
        """Send waiting updates to the webhook, one at a time, each again until it is taken."""
        while not self._stopped.wait(0.02):
            if not self._webhook or not self._updates or not self.webhook_target:
                continue
            update = self._updates[0]
            headers = {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": self._webhook["secret_token"],
            }
            request = urllib.request.Request(self.webhook_target, json.dumps(update).encode(), headers)
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5):
                    self._updates.remove(update)
            except (urllib.error.URLError, OSError):
                self._stopped.wait(0.2)


def _commands(text: str | None) -> Json:
    """A leading command is an entity, as Telegram marks it."""
    word = text.split(maxsplit=1)[0] if text and text.startswith("/") else ""
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(word)}]} if word else {}
