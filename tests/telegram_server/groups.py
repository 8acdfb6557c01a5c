"""What becomes of a group: it is founded, renamed, linked to a channel, and made a supergroup."""

from __future__ import annotations

import time
from typing import Any

from tests.telegram_server.roles import Roles
from tests.telegram_server.words import BOT, Json


class Groups(Roles):
    """Tests found groups and change them through its methods."""

    _chats: dict[int, Json]
    _moved: dict[int, int]
    _counts: dict[int, int]
    _next_message: int

    def say(self, chat_id: int, who: Json, text: str | None, **extra: Any) -> int:
        raise NotImplementedError

    def add_group(self, chat_id: int, title: str) -> None:
        """A supergroup in which the bot is an administrator who may delete and restrict."""
        self._moved.pop(chat_id, None)
        self._chats[chat_id] = {"id": chat_id, "type": "supergroup", "title": title}
        self._linked.pop(chat_id, None)
        self.join(chat_id, BOT, "administrator", can_delete_messages=True, can_restrict_members=True)

    def link_channel(self, chat_id: int, channel: Json) -> None:
        """The group is from now on where the channel's posts are discussed."""
        self._linked[chat_id] = channel["id"]

    def rename(self, chat_id: int, who: Json, title: str) -> None:
        """Give the group another title, which a service message tells."""
        self._chats[chat_id] = self._chats[chat_id] | {"title": title}
        self.say(chat_id, who, None, new_chat_title=title)

    def react(self, chat_id: int, who: Json, message_id: int, emoji: str = "👍") -> None:
        """Have a person react to a message; only a bot that is an administrator is told."""
        if self._members[chat_id, BOT["id"]]["status"] != "administrator":
            return
        about = {"chat": self._chats[chat_id], "message_id": message_id, "user": who, "date": int(time.time())}
        with self._lock:
            reaction = [{"type": "emoji", "emoji": emoji}]
            self._tell({"message_reaction": {**about, "old_reaction": [], "new_reaction": reaction}})

    def begin_numbers(self) -> None:
        """From here on the messages of all other chats count from 1, as in a group that is new."""
        self._next_message = 1

    def upgrade(self, old_id: int, new_id: int, who: Json = BOT, is_told: bool = True) -> None:
        """Have a basic group become a supergroup of the same people, whose messages count from 1 again.

        The bot is told by both service messages, if it listens.
        """
        with self._lock:
            title = str(self._chat(old_id)["title"])
        self.add_group(new_id, title)
        with self._lock:
            for (chat_id, user_id), member in list(self._members.items()):
                if chat_id == old_id:
                    self._members[new_id, user_id] = member
            self._counts[new_id] = 1
        if is_told:
            self.say(old_id, who, None, migrate_to_chat_id=new_id)
            self.say(new_id, who, None, migrate_from_chat_id=old_id)
        self._moved[old_id] = new_id
