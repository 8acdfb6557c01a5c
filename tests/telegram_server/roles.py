"""Who is what in a group, and what the bot is told when that changes."""

from __future__ import annotations

import time

from tests.telegram_server.methods import Methods
from tests.telegram_server.words import BOT, PERMISSIONS, RIGHTS, Json


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

    def promote(self, chat_id: int, who: Json, **rights: bool) -> None:
        """Make a member an administrator with these rights; the bot will be told."""
        with self._lock:
            self._change_role("chat_member", chat_id, who, "administrator", **rights)

    def sanction(self, chat_id: int, by: Json, who: Json, status: str, until: int = 0, **may: bool) -> None:
        """Have an administrator by hand ban ("kicked"), restrict or release ("left", "member") somebody; the bot will be told."""
        held = {"restricted": {"until_date": until, "is_member": True, **may}, "kicked": {"until_date": until}}
        with self._lock:
            self._become(chat_id, by, {"user": who, "status": status, **held.get(status, {})})

    def leave(self, chat_id: int, who: Json) -> int:
        """Have somebody leave, restricted or not; the bot will be told. Returns the service message's number."""
        with self._lock:
            old = self._members[chat_id, who["id"]]
            is_restricted = old["status"] == "restricted"
            self._become(chat_id, who, old | {"is_member": False} if is_restricted else {"user": who, "status": "left"})
            message = self._store(chat_id, {"from": who, "left_chat_member": who})
            self._tell({"message": message})
        return int(message["message_id"])

    def come_back(self, chat_id: int, who: Json) -> int:
        """Have somebody who left return, restricted still if they were. Returns the service message's number."""
        with self._lock:
            old = self._members.get((chat_id, who["id"]), {"status": "left"})
            is_restricted = old["status"] == "restricted"
            self._become(
                chat_id, who, old | {"is_member": True} if is_restricted else {"user": who, "status": "member"}
            )
            message = self._store(chat_id, {"from": who, "new_chat_members": [who]})
            self._tell({"message": message})
        return int(message["message_id"])

    def appoint(self, chat_id: int, status: str, **rights: bool) -> None:
        """Give the bot itself a role; it will be told."""
        with self._lock:
            self._change_role("my_chat_member", chat_id, BOT, status, **rights)

    def _change_role(self, kind: str, chat_id: int, who: Json, status: str = "member", **rights: bool) -> None:
        old = self._members.get((chat_id, who["id"]), {"user": who, "status": "left"})
        self.join(chat_id, who, status, **rights)
        self._tell_change(kind, chat_id, who, old)

    def _become(self, chat_id: int, by: Json, member: Json) -> None:
        who = member["user"]
        old = self._members.get((chat_id, who["id"]), {"user": who, "status": "left"})
        self._members[chat_id, who["id"]] = member
        self._tell_change("chat_member", chat_id, by, old)

    def _tell_change(self, kind: str, chat_id: int, by: Json, old: Json) -> None:
        new = self._members[chat_id, old["user"]["id"]]
        changed = {"old_chat_member": _whole(old), "new_chat_member": _whole(new)}
        about = {"chat": self._chat(chat_id), "from": by, "date": int(time.time())}
        is_administrator = self._members[chat_id, BOT["id"]]["status"] == "administrator"
        if kind == "my_chat_member" or is_administrator:
            self._tell({kind: about | changed})


def _whole(member: Json) -> Json:
    """With every permission, as Telegram writes of somebody restricted."""
    return {**dict.fromkeys(PERMISSIONS, False), **member} if member["status"] == "restricted" else member
