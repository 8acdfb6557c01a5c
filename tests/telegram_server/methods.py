"""The methods of the Bot API, each as it is documented: updates and messages here, members beside."""

from __future__ import annotations

import json
import time

from tests.telegram_server.member_methods import MemberMethods
from tests.telegram_server.words import BOT, Json, Refused


class Methods(MemberMethods):
    """Answers calls; the world it answers from is its subclass's."""

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

    def call_getWebhookInfo(self, _: Json) -> Json:
        url = self._webhook["url"] if self._webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

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

    def call_getFile(self, p: Json) -> Json:
        data = self.files.get(p["file_id"])
        if data is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(data) > 20_000_000:
            raise Refused(400, "Bad Request: file is too big")
        size = self.file_sizes.get(p["file_id"], len(data))
        about = {"file_id": p["file_id"], "file_unique_id": p["file_id"], "file_size": size}
        return about | {"file_path": f"photos/{p['file_id']}"}

    def call_sendVideo(self, p: Json) -> Json:
        return self._post_file(p, "video")

    def call_sendVoice(self, p: Json) -> Json:
        return self._post_file(p, "voice")

    def call_sendSticker(self, p: Json) -> Json:
        if "caption" in p:
            raise Refused(400, "Bad Request: a sticker has no caption")
        return self._post_file(p, "sticker")

    def _post_file(self, p: Json, kind: str) -> Json:
        if p[kind] not in self.pictures:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        self._refuse_posting(p)
        self._refuse_long_caption(p)
        kept = ("caption", "caption_entities", "reply_markup", "has_spoiler")
        size = {"width": 1, "height": 1, "duration": 1, "type": "regular", "is_animated": False, "is_video": False}
        file = {"file_id": p[kind], "file_unique_id": p[kind], **size}
        return self._store(
            int(p["chat_id"]), {"from": BOT, kind: file, **{k: p[k] for k in kept if k in p}} | _topic(p)
        )

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
        kept = {
            k: v for k, v in self.messages[key].items() if k != "reply_markup"
        }  # buttons go unless they are sent again
        changed = kept | {k: p[k] for k in parts if k in p}
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

    def call_setMyCommands(self, _: Json) -> bool:
        return True


def _units(text: object) -> int:
    """Length in UTF-16 units."""
    return len(str(text).encode("utf-16-le")) // 2


def _topic(p: Json) -> Json:
    """The topic that a message is posted in; without one it is the general topic, or the chat has none."""
    thread = int(p.get("message_thread_id", 0))
    return {"message_thread_id": thread, "is_topic_message": True} if thread else {}
