"""The methods of the Bot API that are about chats and their members, each as it is documented."""

from __future__ import annotations

import time

from tests.telegram_server.state import State
from tests.telegram_server.words import BOT, PERMISSIONS, Json, Refused


class MemberMethods(State):
    """Answers calls that ask about chats and members, and that ban, restrict and release."""

    def call_banChatMember(self, p: Json) -> bool:
        self._refuse_restricting(p)
        self._give(p, {"status": "kicked", "until_date": _end(p)})
        return True

    def call_unbanChatMember(self, p: Json) -> bool:
        self._refuse_restricting(p)
        member = self._members.get((int(p["chat_id"]), int(p["user_id"])))
        if str(p.get("only_if_banned")).lower() == "true" and (member is None or member["status"] != "kicked"):
            return True
        self._give(p, {"status": "left"})
        return True

    def call_restrictChatMember(self, p: Json) -> bool:
        self._refuse_restricting(p)
        member = self._members.get((int(p["chat_id"]), int(p["user_id"])))
        if member is None or member["status"] in ("left", "kicked"):
            raise Refused(400, "Bad Request: USER_NOT_PARTICIPANT")
        if all(p["permissions"].get(name) for name in PERMISSIONS):
            self._give(p, {"status": "member"})
        else:
            self._give(p, {"status": "restricted", "is_member": True, "until_date": _end(p), **p["permissions"]})
        return True

    def call_banChatSenderChat(self, p: Json) -> bool:
        self._require_right(int(p["chat_id"]), "can_restrict_members")
        self.banned_channels.add((int(p["chat_id"]), int(p["sender_chat_id"])))
        return True

    def call_unbanChatSenderChat(self, p: Json) -> bool:
        self._require_right(int(p["chat_id"]), "can_restrict_members")
        self.banned_channels.discard((int(p["chat_id"]), int(p["sender_chat_id"])))
        return True

    def _refuse_restricting(self, p: Json) -> None:
        chat_id, user_id = int(p["chat_id"]), int(p["user_id"])
        self._require_right(chat_id, "can_restrict_members")
        member = self._members.get((chat_id, user_id), {})
        if member.get("status") in ("administrator", "creator"):
            raise Refused(400, "Bad Request: user is an administrator of the chat")

    def _require_right(self, chat_id: int, right: str) -> None:
        self._chat(chat_id)
        if not self._bot_may(chat_id, right):
            raise Refused(400, "Bad Request: not enough rights to restrict/unrestrict chat member")

    def _give(self, p: Json, status: Json) -> None:
        key = (int(p["chat_id"]), int(p["user_id"]))
        who = self._members.get(key, {}).get("user", {"id": key[1], "is_bot": False, "first_name": "Somebody"})
        self._members[key] = {"user": who, **status}

    def call_getChat(self, p: Json) -> Json:
        linked = self._linked.get(int(p["chat_id"]))
        link = {"linked_chat_id": linked} if linked is not None else {}
        return (
            self._chat(int(p["chat_id"]))
            | link
            | {
                "accent_color_id": 0,
                "max_reaction_count": 11,
                "accepted_gift_types": {
                    "unlimited_gifts": False,
                    "limited_gifts": False,
                    "unique_gifts": False,
                    "premium_subscription": False,
                    "gifts_from_channels": False,
                },
            }
        )

    def call_getChatAdministrators(self, p: Json) -> list[Json]:
        self._chat(int(p["chat_id"]))
        there = [member for (chat, _), member in self._members.items() if chat == int(p["chat_id"])]
        return [member for member in there if member["status"] in ("administrator", "creator")]

    def call_getChatMember(self, p: Json) -> Json:
        chat_id, user_id = int(p["chat_id"]), int(p["user_id"])
        self._chat(chat_id)
        if (chat_id, user_id) not in self._members:
            raise Refused(400, "Bad Request: member not found")
        member = self._members[chat_id, user_id]
        return {**dict.fromkeys(PERMISSIONS, False), **member} if member["status"] == "restricted" else member

    def call_leaveChat(self, p: Json) -> bool:
        self._give(p | {"user_id": BOT["id"]}, {"status": "left"})
        return True


def _end(p: Json) -> int:
    """When a ban or restriction ends; for less than 30 seconds or more than 366 days it is for ever, which is 0."""
    until, present = int(p.get("until_date", 0)), time.time()
    return until if present + 30 <= until <= present + 366 * 24 * 3600 else 0
