"""What people do in a group of the fake Telegram and what they see the bot do, written down as it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.processes import eventually
from tests.telegram_server import TelegramServer

MODERATION = ("deleteMessage", "banChatMember", "unbanChatMember", "restrictChatMember")
POSTING = ("sendMessage", "sendPhoto", "sendVideo", "sendVoice", "sendSticker")


class Story:
    """A group and its moderators' chat, which is the group itself where it has none; printed as a transcript (`-rP`)."""

    def __init__(
        self,
        telegram: TelegramServer,
        group: int,
        moderators: int | None = None,
        is_quiet: Callable[[], None] = lambda: None,
    ) -> None:
        """`is_quiet` waits until the processes have nothing left to do."""
        self.telegram, self.group, self.moderators, self._is_quiet = telegram, group, moderators or group, is_quiet

    # What people do

    def says(
        self, who: dict[str, Any], text: str | None, chat: int | None = None, to: int | None = None, **extra: Any
    ) -> int:
        chat = chat or self.group
        print(f"{self._place(chat)} {who['first_name']}{f' (to {to})' if to else ''}: {text or _beside_words(extra)}")
        if text is not None and chat == who["id"]:
            return self.telegram.whisper(who, text)
        return self.telegram.reply(chat, who, to, text or "") if to else self.telegram.say(chat, who, text, **extra)

    def presses(self, who: dict[str, Any], under: dict[str, Any], button: str) -> str:
        """Returns what the person is shown, once the press is answered."""
        query = self.telegram.press(who, under, button)
        eventually(f"{button} was answered", lambda: self._answer(query) is not None)
        said = str((self._answer(query) or {}).get("text", ""))
        print(f"{self._place(under['chat']['id'])} {who['first_name']} presses [{button}]{': ' + said if said else ''}")
        return said

    def _answer(self, query: str) -> dict[str, Any] | None:
        found = self.telegram.called("answerCallbackQuery")
        return next((call for call in found if call["callback_query_id"] == query), None)

    # What people see

    def hears(self, holding: str, chat: int | None = None) -> dict[str, Any]:
        """The bot's newest message there that holds these words, once it stands there."""
        chat = chat or self.group
        eventually(f"“{holding}” was said", lambda: bool(self._found(holding, chat)))
        message = self._found(holding, chat)[-1]
        print(f"{self._place(chat)} hamlet: " + "\n    ".join([*words(message).split("\n"), *_buttons(message)]))
        return message

    def moderators_see(self, holding: str) -> dict[str, Any]:
        return self.hears(holding, self.moderators)

    def _found(self, holding: str, chat: int) -> list[dict[str, Any]]:
        return [message for message in self.telegram.sent_to(chat) if holding in words(message)]

    def sees(self, what: str, holds: Any) -> None:
        eventually(what, holds)
        print(f"    … {what}")

    def stands(self, message_id: int, chat: int | None = None) -> bool:
        return (chat or self.group, message_id) in self.telegram.messages

    def status(self, who: dict[str, Any], chat: int | None = None) -> str:
        return self.telegram.status(chat or self.group, who)

    def _place(self, chat: int) -> str:
        return {self.moderators: "[moderators]", self.group: "[group]"}.get(
            chat, "[private]" if chat > 0 else f"[{chat}]"
        )

    # What Telegram was asked to do

    def asked(self, methods: tuple[str, ...] = MODERATION + POSTING) -> list[str]:
        """The bot's calls about both chats in their order, once all are done, with the words or the person each is about.

        Not the deletion of commands, which the bot takes out of the group once it has obeyed them.
        """
        self._is_quiet()
        return [call for call in self._asked(methods) if not call.startswith("deleteMessage: /")]

    def _asked(self, methods: tuple[str, ...]) -> Iterator[str]:
        chats = (self.group, self.moderators)
        for method, parameters in list(self.telegram.calls):
            if method in methods and int(parameters["chat_id"]) in chats:
                yield f"{method}: {self._about(method, parameters)}"

    def _about(self, method: str, parameters: dict[str, Any]) -> str:
        chat = int(parameters["chat_id"])
        if method in POSTING:
            return words(parameters).split("\n")[0]
        if method == "deleteMessage":
            written = self.telegram.history[chat, int(parameters["message_id"])]
            return words(written).split("\n")[0] or _beside_words(written)
        return str(self.telegram._members[chat, int(parameters["user_id"])]["user"]["first_name"])


def words(message: dict[str, Any]) -> str:
    """The text, or what stands below a picture."""
    return str(message.get("text") or message.get("caption") or "")


def _beside_words(message: dict[str, Any]) -> str:
    kinds = ("photo", "video", "voice", "sticker", "story", "contact", "new_chat_members", "left_chat_member")
    return " ".join(f"<{kind.replace('_', ' ')}>" for kind in kinds if kind in message)


def _buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [" ".join(f"[{button['text']}]" for button in row) for row in rows]
