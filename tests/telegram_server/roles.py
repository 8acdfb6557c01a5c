"""Who is what in a group, and what the bot is told when that changes."""

from __future__ import annotations

import time

from tests.telegram_server.methods import Methods
from tests.telegram_server.words import BOT, RIGHTS, Json


class Roles(Methods):
    """Tests give people and the bot their roles through its methods."""

    def _tell(self, update: Json) -> None:
        raise NotImplementedError

    def status(self, chat_id: int, who: Json) -> str:
        """What a person is in a group now: member, restricted, kicked …"""
        return str(self._members[chat_id, who["id"]]["status"])

    def join(self, chat_id: int, who: Json, status: str = "member", **rights: bool) -> None:
        """Give a person a role: member, creator, administrator (with rights), left."""
        member: Json = {"user": who, "status": status}
        if status == "administrator":
            member |= {name: rights.get(name, False) for name in RIGHTS}
        if status == "creator":
            member |= {"is_anonymous": False}
        self._members[chat_id, who["id"]] = member

    def arrive(self, chat_id: int, who: Json) -> None:
        """Have a person join: the bot will be told as an administrator, and by the service message in any case."""
        with self._lock:
            self._change_role("chat_member", chat_id, who)
            self._tell({"message": self._store(chat_id, {"from": who, "new_chat_members": [who]})})

    def demote(self, chat_id: int, who: Json) -> None:
        """Make an administrator a member; the bot will be told."""
        with self._lock:
            self._change_role("chat_member", chat_id, who)

    def appoint(self, chat_id: int, status: str, **rights: bool) -> None:
        """Give the bot itself a role; it will be told."""
        with self._lock:
            self._change_role("my_chat_member", chat_id, BOT, status, **rights)

    def _change_role(self, kind: str, chat_id: int, who: Json, status: str = "member", **rights: bool) -> None:
        old = self._members.get((chat_id, who["id"]), {"user": who, "status": "left"})
        self.join(chat_id, who, status, **rights)
        changed = {"old_chat_member": old, "new_chat_member": self._members[chat_id, who["id"]]}
        about = {"chat": self._chat(chat_id), "from": who, "date": int(time.time())}
        is_administrator = self._members[chat_id, BOT["id"]]["status"] == "administrator"
        if kind == "my_chat_member" or is_administrator:
            self._tell({kind: about | changed})
