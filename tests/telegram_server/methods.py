"""The methods of the Bot API, each as it is documented."""

from __future__ import annotations

import json
import threading
import time

from tests.telegram_server.words import BOT, PERMISSIONS, Json, Refused


class Methods:
    """Answers calls; the world it answers from is its subclass's."""

    _lock: threading.Condition
    _stopped: threading.Event
    _updates: list[Json]
    _webhook: Json | None
    _members: dict[tuple[int, int], Json]
    messages: dict[tuple[int, int], Json]
    pictures: set[str]
    started: set[int]
    banned_channels: set[tuple[int, int]]
    _linked: dict[int, int]
    closed_topics: set[tuple[int, int]]

    def _chat(self, chat_id: int) -> Json:
        raise NotImplementedError

    def _store(self, chat_id: int, content: Json) -> Json:
        raise NotImplementedError

    def call_getMe(self, _: Json) -> Json:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}

    def call_getUpdates(self, p: Json) -> list[Json]:
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

    def call_setWebhook(self, p: Json) -> bool:
        self._webhook = p if p.get("url") else None
        return True

    def call_deleteWebhook(self, _: Json) -> bool:
        self._webhook = None
        return True

    def call_sendMessage(self, p: Json) -> Json:
        self._refuse_long_text(p)
        self._refuse_posting(p)
        content = {"from": BOT, **{k: p[k] for k in ("text", "entities", "reply_markup") if k in p}}
        return self._store(int(p["chat_id"]), content | _topic(p))

    def _refuse_long_text(self, p: Json) -> None:
        if not str(p["text"]):
            raise Refused(400, "Bad Request: message text is empty")
        if _units(p["text"]) > 4096:
            raise Refused(400, "Bad Request: message is too long")

    def _refuse_long_caption(self, p: Json) -> None:
        if _units(p.get("caption", "")) > 1024:
            raise Refused(400, "Bad Request: message caption is too long")

    def _refuse_posting(self, p: Json) -> None:
        """Where the bot may not write: to strangers, in chats that it is not in, in topics that are closed."""
        chat_id = int(p["chat_id"])
        if self._chat(chat_id)["type"] == "private" and chat_id not in self.started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        if self._members.get((chat_id, BOT["id"]), {}).get("status") in ("left", "kicked"):
            raise Refused(403, "Forbidden: bot was kicked from the supergroup chat")
        if (chat_id, int(p.get("message_thread_id", 0))) in self.closed_topics:
            raise Refused(400, "Bad Request: TOPIC_CLOSED")

    def call_editMessageText(self, p: Json) -> Json:
        self._refuse_long_text(p)
        return self._change(p, ("text", "entities", "reply_markup"))

    def call_answerCallbackQuery(self, _: Json) -> bool:
        return True

    def call_sendPhoto(self, p: Json) -> Json:
        if p["photo"] not in self.pictures:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        self._refuse_posting(p)
        self._refuse_long_caption(p)
        kept = ("caption", "caption_entities", "reply_markup", "has_spoiler")
        photo = [{"file_id": p["photo"], "file_unique_id": p["photo"], "width": 1, "height": 1}]
        content = {"from": BOT, "photo": photo, **{k: p[k] for k in kept if k in p}}
        return self._store(int(p["chat_id"]), content | _topic(p))

    def call_editMessageCaption(self, p: Json) -> Json:
        self._refuse_long_caption(p)
        return self._change(p, ("caption", "caption_entities", "reply_markup"))

    def call_editMessageMedia(self, p: Json) -> Json:
        media = json.loads(p["media"]) if isinstance(p["media"], str) else p["media"]
        if media["media"] not in self.pictures:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        photo = [{"file_id": media["media"], "file_unique_id": media["media"], "width": 1, "height": 1}]
        parts = ("photo", "caption", "caption_entities", "has_spoiler", "reply_markup")
        return self._change({**p, **media, "photo": photo}, parts)

    def call_editMessageReplyMarkup(self, p: Json) -> Json:
        return self._change(p, ("reply_markup",))

    def _change(self, p: Json, parts: tuple[str, ...]) -> Json:
        self._chat(int(p["chat_id"]))
        key = (int(p["chat_id"]), int(p["message_id"]))
        self._chat(key[0])
        if key not in self.messages:
            raise Refused(400, "Bad Request: message to edit not found")
        changed = self.messages[key] | {k: p[k] for k in parts if k in p}
        if changed == self.messages[key]:
            raise Refused(400, "Bad Request: message is not modified")
        self.messages[key] = changed
        return changed

    def call_deleteMessage(self, p: Json) -> bool:
        chat_id, message_id = int(p["chat_id"]), int(p["message_id"])
        self._chat(chat_id)
        message = self.messages.get((chat_id, message_id))
        if message is None:
            raise Refused(400, "Bad Request: message to delete not found")
        is_own = message["from"]["id"] == BOT["id"]
        is_old = time.time() - message["date"] > 48 * 3600
        if is_old or not (is_own or self._bot_may(chat_id, "can_delete_messages")):
            raise Refused(400, "Bad Request: message can't be deleted")
        del self.messages[chat_id, message_id]
        return True

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

    def _bot_may(self, chat_id: int, right: str) -> bool:
        return bool(self._members.get((chat_id, BOT["id"]), {}).get(right))

    def _give(self, p: Json, status: Json) -> None:
        key = (int(p["chat_id"]), int(p["user_id"]))
        who = self._members.get(key, {}).get("user", {"id": key[1], "is_bot": False, "first_name": "Somebody"})
        self._members[key] = {"user": who, **status}

    def call_getChat(self, p: Json) -> Json:
        linked = self._linked.get(int(p["chat_id"]))
        known = {"linked_chat_id": linked} if linked is not None else {}
        return self._chat(int(p["chat_id"])) | known | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {
            "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
            "gifts_from_channels": False,
        }}  # fmt: skip

    def call_getChatAdministrators(self, p: Json) -> list[Json]:
        self._chat(int(p["chat_id"]))
        there = [member for (chat, _), member in self._members.items() if chat == int(p["chat_id"])]
        return [member for member in there if member["status"] in ("administrator", "creator")]

    def call_setMyCommands(self, _: Json) -> bool:
        return True

    def call_leaveChat(self, p: Json) -> bool:
        self._give(p | {"user_id": BOT["id"]}, {"status": "left"})
        return True

    def call_getChatMember(self, p: Json) -> Json:
        chat_id, user_id = int(p["chat_id"]), int(p["user_id"])
        self._chat(chat_id)
        if (chat_id, user_id) not in self._members:
            raise Refused(400, "Bad Request: member not found")
        member = self._members[chat_id, user_id]
        return {**dict.fromkeys(PERMISSIONS, False), **member} if member["status"] == "restricted" else member


def _end(p: Json) -> int:
    """When a ban or restriction ends; for less than 30 seconds or more than 366 days it is for ever, which is 0."""
    until, present = int(p.get("until_date", 0)), time.time()
    return until if present + 30 <= until <= present + 366 * 24 * 3600 else 0


def _units(text: object) -> int:
    """Length in UTF-16 units."""
    return len(str(text).encode("utf-16-le")) // 2


def _topic(p: Json) -> Json:
    """The topic that a message is posted in; without one it is the general topic, or the chat has none."""
    thread = int(p.get("message_thread_id", 0))
    return {"message_thread_id": thread, "is_topic_message": True} if thread else {}
