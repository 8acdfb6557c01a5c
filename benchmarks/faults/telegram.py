"""The fake Telegram with its bad days, and a record of what was done there."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.telegram_server import Refused, TelegramServer, user
from tests.telegram_server.words import Json

MODERATORS = -2_000
GROUPS = tuple(-1_001 - number for number in range(20))
WORD = "prizewinner"  # by a rule of each group, a message with this word is deleted and its author banned
SPAM_EVERY = 20  # so that no group has its fill of notices, and each flag keeps a notice of its own
ONCE = {"deleteMessage": "message_id", "banChatMember": "user_id"}


class FaultyTelegram(TelegramServer):
    """Refuses, doubles and shuffles as a scenario says."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal: Callable[[str], Refused | None] = lambda _: None
        self.muddles: random.Random | None = None  # updates come in any order, some of them twice
        self.done: list[tuple[str, Json]] = []  # calls that had an effect
        self.asked: list[tuple[str, Json]] = []  # deletions and bans that came here, with an effect or without
        self.spam: list[tuple[int, int, int, int]] = []  # its number, its group, its number there, its author
        self._delivered: list[Json] = []
        self._note = threading.Lock()

    def answer(self, token: str, method: str, parameters: Json) -> Any:
        if (refused := self.refusal(method)) is not None:
            raise refused
        with self._note:
            if method in ONCE:
                self.asked.append((method, parameters))
        result = super().answer(token, method, parameters)
        with self._note:
            if method in ONCE or method == "sendMessage":
                self.done.append((method, parameters))
        return result

    def call_getUpdates(self, p: Json) -> list[Json]:  # noqa: N802  # named like the Bot API's method
        updates = super().call_getUpdates(p)
        if self.muddles is None or not updates:
            return updates
        again = self.muddles.sample(self._delivered, min(len(self._delivered), 5))
        self._delivered = (self._delivered + updates)[-200:]
        muddled = updates + again + self.muddles.sample(updates, min(len(updates), 5))
        self.muddles.shuffle(muddled)
        return muddled

    def prepare(self) -> None:
        """The groups, and the chat that the notices go to."""
        self.add_group(MODERATORS, "Moderators")
        for group in GROUPS:
            self.add_group(group, f"Group {-group}")

    def write(self, number: int) -> int:
        """Have somebody write the message of this number; every SPAM_EVERYth is spam, each by another person."""
        is_spam = number % SPAM_EVERY == 0
        person = 10_000 + number if is_spam else 100 + number % 50
        group = GROUPS[number // SPAM_EVERY % len(GROUPS)]
        words = f"{WORD} of today, message {number}" if is_spam else f"message {number}, see you at the usual place"
        message_id = self.say(group, user(person, f"Ann {person}"), words)
        if is_spam:
            self.spam.append((number, group, message_id, person))
        return message_id

    def missing_actions(self) -> int:
        """Deletions, bans and notices that were due to the spam that was written, and never had an effect."""
        done, notices = {*_keys(self.done)}, self.notices()
        due = [
            key
            for _, group, message_id, person in self.spam
            for key in (("deleteMessage", group, message_id), ("banChatMember", group, person))
        ]
        return len({*due} - done) + sum(str(number) not in notices for number, *_ in self.spam)

    def doubled_actions(self) -> int:
        """Deletions and bans that had an effect and repeat an earlier one."""
        keys = _keys(self.done)
        return len(keys) - len(set(keys))

    def repeated_calls(self) -> int:
        """Deletions and bans that were asked for again, with an effect or without."""
        keys = _keys(self.asked)
        return len(keys) - len(set(keys))

    def notices(self) -> Counter[str]:
        """How often each message's notice was posted."""
        texts = [str(p["text"]) for method, p in list(self.done) if method == "sendMessage"]
        return Counter(number for text in texts for number in re.findall(r"message (\d+)", text)[:1])


def _keys(calls: list[tuple[str, Json]]) -> list[tuple[str, int, int]]:
    """What is deleted and who is banned, by method and chat."""
    return [(method, int(p["chat_id"]), int(p[ONCE[method]])) for method, p in list(calls) if method in ONCE]
