"""A Telegram of our own for tests: the Bot API over HTTP, with true getUpdates offsets, groups, roles and errors.

What it keeps to is Telegram's documented behaviour: an update stays until a higher offset confirms it, a webhook
and getUpdates exclude each other, a wrong token is 401, a stranger to a group is a 400.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456789:AAtest-token-of-the-fake-telegram-server"
BOT = {"id": 123456789, "is_bot": True, "first_name": "hamlet", "username": "hamlet_bot"}
RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip

Json = dict[str, Any]


class Refused(Exception):
    """An error as the Bot API words it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def user(user_id: int, name: str) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": name}


class TelegramServer:
    """Holds chats, messages and waiting updates; tests act as members through its methods."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._updates: list[Json] = []
        self._next_update = 1000
        self._next_message = 1
        self._webhook: Json | None = None
        self._errors: dict[str, list[Refused]] = {}
        self._chats: dict[int, Json] = {}
        self._members: dict[tuple[int, int], Json] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.calls: list[tuple[str, Json]] = []
        self.webhook_target: str | None = None  # where a proxy would lead the webhook's public address
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._http.serve_forever, self._deliver)]

    def __enter__(self) -> TelegramServer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    # What a test does

    def add_group(self, chat_id: int, title: str) -> None:
        self._chats[chat_id] = {"id": chat_id, "type": "supergroup", "title": title}

    def join(self, chat_id: int, who: Json, status: str = "member", **rights: bool) -> None:
        """Give a person a role: member, creator, administrator (with rights), left."""
        member: Json = {"user": who, "status": status}
        if status == "administrator":
            member |= {name: rights.get(name, False) for name in RIGHTS}
        if status == "creator":
            member |= {"is_anonymous": False}
        self._members[chat_id, who["id"]] = member

    def say(self, chat_id: int, who: Json, text: str, **extra: Any) -> int:
        """Have a person write a message; the bot will be told. Returns its message_id."""
        with self._lock:
            message = self._store(chat_id, {"from": who, "text": text, **extra})
            self._tell({"message": message})
        return int(message["message_id"])

    def edit(self, chat_id: int, message_id: int, text: str) -> None:
        with self._lock:
            message = self.messages[chat_id, message_id] | {"text": text, "edit_date": int(time.time()) + 1}
            self.messages[chat_id, message_id] = message
            self._tell({"edited_message": message})

    def press(self, who: Json, notice: Json, button: str) -> str:
        """Press the button of that label under a notice. Returns the callback query's id."""
        row = notice["reply_markup"]["inline_keyboard"][0]
        data = next(b["callback_data"] for b in row if b["text"] == button)
        with self._lock:
            query_id = str(self._next_update)
            query = {"id": query_id, "from": who, "chat_instance": "1", "data": data, "message": notice}
            self._tell({"callback_query": query})
        return query_id

    def fail_next(self, method: str, *errors: Refused) -> None:
        """Answer the next calls of a method with these errors."""
        self._errors.setdefault(method, []).extend(errors)

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
        message = {"message_id": self._next_message, "date": int(time.time()), "chat": self._chat(chat_id), **content}
        self.messages[chat_id, self._next_message] = message
        self._next_message += 1
        return message

    def _chat(self, chat_id: int) -> Json:
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

    def call_getMe(self, _: Json) -> Json:  # noqa: N802  # named like the Bot API's methods, as all below
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}

    def call_getUpdates(self, p: Json) -> list[Json]:  # noqa: N802
        if self._webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if (offset := int(p.get("offset", 0))) > 0:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
        allowed = p.get("allowed_updates")
        deadline = time.monotonic() + float(p.get("timeout", 0))
        while not self._updates and time.monotonic() < deadline and not self._stopped.is_set():
            self._lock.wait(min(0.2, max(0.0, deadline - time.monotonic())))
        shown = self._updates[: min(int(p.get("limit", 100)), 100)]
        return [u for u in shown if not allowed or any(kind in u for kind in allowed)]

    def call_setWebhook(self, p: Json) -> bool:  # noqa: N802
        self._webhook = p if p.get("url") else None
        return True

    def call_deleteWebhook(self, _: Json) -> bool:  # noqa: N802
        self._webhook = None
        return True

    def call_sendMessage(self, p: Json) -> Json:  # noqa: N802
        if not str(p["text"]) or len(str(p["text"])) > 4096:
            raise Refused(
                400, "Bad Request: message is too long" if p["text"] else "Bad Request: message text is empty"
            )
        content = {"from": BOT, **{k: p[k] for k in ("text", "entities", "reply_markup") if k in p}}
        return self._store(int(p["chat_id"]), content)

    def call_editMessageText(self, p: Json) -> Json:  # noqa: N802
        key = (int(p["chat_id"]), int(p["message_id"]))
        if key not in self.messages:
            raise Refused(400, "Bad Request: message to edit not found")
        changed = self.messages[key] | {k: p[k] for k in ("text", "entities", "reply_markup") if k in p}
        if changed == self.messages[key]:
            raise Refused(400, "Bad Request: message is not modified")
        self.messages[key] = changed
        return changed

    def call_answerCallbackQuery(self, _: Json) -> bool:  # noqa: N802
        return True

    def call_deleteMessage(self, p: Json) -> bool:  # noqa: N802
        if self.messages.pop((int(p["chat_id"]), int(p["message_id"])), None) is None:
            raise Refused(400, "Bad Request: message to delete not found")
        return True

    def call_getChatMember(self, p: Json) -> Json:  # noqa: N802
        chat_id, user_id = int(p["chat_id"]), int(p["user_id"])
        self._chat(chat_id)
        if (chat_id, user_id) not in self._members:
            raise Refused(400, "Bad Request: member not found")
        return self._members[chat_id, user_id]

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
                with urllib.request.urlopen(request, timeout=5):
                    self._updates.remove(update)
            except (urllib.error.URLError, OSError):
                self._stopped.wait(0.2)


def _handler(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            _, _, path = self.path.partition("/bot")
            token, _, method = path.partition("/")
            try:
                answer: Json = {"ok": True, "result": server.answer(token, method, _parameters(body))}
                code = 200
            except Refused as error:
                code = error.code
                answer = {"ok": False, "error_code": code, "description": error.description}
                answer |= {"parameters": error.parameters} if error.parameters else {}
            self._send(code, json.dumps(answer).encode())

        def _send(self, code: int, body: bytes) -> None:
            try:
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
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
    found: Json = {}
    for name, values in parse_qs(body, keep_blank_values=True).items():
        value = values[0]
        found[name] = json.loads(value) if value[:1] in "[{" and name != "text" else value
    return found
