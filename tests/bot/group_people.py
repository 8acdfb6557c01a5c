"""Everybody who lives in a group, what is written there, and how a failure calls them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.telegram_server import user

Json = dict[str, Any]
GROUP, SUPERGROUP = -1001, -1007


class Who(dict[str, Any]):
    """A person or a channel as Telegram writes them, and by name in what hypothesis prints."""

    def __repr__(self) -> str:
        return str(self.get("first_name") or self["title"])


ANN, BOB, HONOURED = Who(user(11, "Ann")), Who(user(14, "Bob")), Who(user(16, "Honoured"))
MAX, EVE, NEW = Who(user(12, "Max")), Who(user(13, "Eve")), Who(user(15, "New"))
LINKED = Who(id=-1009, type="channel", title="Linked")
STRANGE = Who(id=-1010, type="channel", title="Strange")
NAMES = {who["id"]: repr(who) for who in (ANN, BOB, HONOURED, MAX, EVE, NEW, LINKED, STRANGE)}
MEMBERS, MODERATORS = (MAX, EVE, NEW), (ANN, BOB)
PEOPLE = (*MODERATORS, HONOURED, *MEMBERS)
AS_A_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
AS_THE_GROUP = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
PHOTO = "a-photo"
FREE, RESTRICTED, BANNED = range(3)


@dataclass
class ExportedMessage:
    """A message that somebody wrote, or that Telegram wrote of people who came or left."""

    chat: int
    number: int
    author: int  # below 0 a channel; of a service message who came or left, 0 for nobody
    album: str | None = None
    is_protected: bool = False  # by whoever speaks for the group
    is_service: bool = False
    is_doomed: bool = False  # it was clear spam, or a moderator said so

    @property
    def key(self) -> tuple[int, int]:
        return self.chat, self.number


def name(author: int) -> str:
    """Somebody as a failure calls them."""
    return NAMES.get(author, str(author))


def in_days(days: int) -> int:
    return int(time.time()) + days * 24 * 3600 if days else 0
