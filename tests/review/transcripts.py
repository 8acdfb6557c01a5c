"""A scene in a Telegram group, played by a whole hamlet in this process, and drawn as a page from what Telegram holds."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests import fresh
from tests.bot.world import World
from tests.telegram_server import BOT, TelegramServer, user

GROUP, MODERATORS, COOKS = (-(10**12) - number for number in (1, 2, 3))
TITLES = {GROUP: "Gardeners", MODERATORS: "Moderators of Gardeners", COOKS: "Cooks"}
NINA, OLGA = user(11, "Nina"), user(14, "Olga")  # administrators
COLOURS = ("#3a8f5c", "#3f6fb5", "#b5623f", "#8a6d1d", "#2e8b9a", "#c2412d")
BESIDE_WORDS = {"photo": "picture", "video": "video", "voice": "voice message", "sticker": "sticker"}
STYLE = """
body { margin: 0; background: #d5dfe3; font: 15px/1.4 "DejaVu Sans", sans-serif; }
h1 { margin: 0; background: #fff; padding: 10px 18px; font-size: 15px; border-bottom: 1px solid #c5ced3; }
section { padding: 12px 18px; display: flex; flex-direction: column; gap: 8px; align-items: flex-start; }
div.said { background: #fff; border-radius: 12px; padding: 7px 12px; max-width: 480px; white-space: pre-wrap; overflow-wrap: anywhere; }
div.gone { background: #e6ebee; color: #8b969c; }
div.gone span.text { text-decoration: line-through; }
b.who { display: block; font-size: 13px; }
div.gone b.who { color: inherit !important; }
i.gone { float: right; margin-left: 20px; font-size: 12px; font-weight: normal; }
p.service { align-self: center; margin: 0; font-size: 13px; color: #4c5a62; }
p.service.gone { text-decoration: line-through; color: #8b969c; }
p.press { margin: 0 0 0 8px; font-size: 13px; color: #33424a; max-width: 490px; }
span.hidden { background: #dfe4e7; border-radius: 3px; }
a { color: #2a6fb0; }
img { display: block; width: 220px; border-radius: 6px; margin: 3px 0; }
em.file { display: block; width: 190px; padding: 26px 0; text-align: center; background: #c9d6cf; border-radius: 8px; margin: 3px 0; }
div.row { display: flex; gap: 4px; width: 504px; margin-top: -4px; }
div.row span { flex: 1; text-align: center; background: #8ea3ad; color: #fff; border-radius: 8px; padding: 6px 4px; font-size: 14px; }
div.row span.pressed { background: #4f6b78; }
"""


class Scene:
    """Groups with their administrators; what is said and pressed from now on is kept in its order."""

    def __init__(
        self, telegram: TelegramServer, folder: Path, has_moderators_chat: bool = False, **choices: Any
    ) -> None:
        self.telegram = telegram
        self.world = World(telegram, fresh.sqlite(folder / "scene.sqlite3"))
        self._log: list[tuple[int, int] | tuple[int, str]] = []  # chat and message, or chat and what was pressed
        self._pressed: set[tuple[int, int, str]] = set()  # chat, message and button
        for place, title in TITLES.items():
            telegram.add_group(place, title)
            for who in (NINA, OLGA):
                telegram.join(place, who, "administrator", can_delete_messages=True, can_restrict_members=True)
        with transaction(self.world.engine) as session:
            for place in (GROUP, COOKS):
                chats.on_telegram(session, place, TITLES[place]).mode = Mode.TRAINING
            chats.on_telegram(session, GROUP).moderators_chat_id = MODERATORS if has_moderators_chat else None
        self.choose(**choices)
        self.begin()

    def choose(self, place: int = GROUP, **choices: Any) -> None:
        with transaction(self.world.engine) as session:
            for field, value in choices.items():
                chats.choose(session, chats.on_telegram(session, place).id, field, value)

    def mode(self, mode: Mode) -> None:
        self.world.mode(mode)

    def arrives(self, number: int, name: str, *places: int, **more: str) -> dict[str, Any]:
        who = user(number, name) | more
        for place in places or (GROUP,):
            self.telegram.arrive(place, who)
        self.settle()
        return who

    def regular(self, number: int, name: str) -> dict[str, Any]:
        """A member in good standing, before the scene begins."""
        who = self.arrives(number, name)
        for plant in ("roses", "tulips", "lilies", "asters", "peonies"):
            self.says(who, f"who waters the {plant} on Sunday? {name}")
        self.begin()
        return who

    def begin(self) -> None:
        """What was said so far is not drawn."""
        self._log, self._drawn = [], set(self.telegram.history)

    def says(
        self, who: dict[str, Any], text: str | None, place: int = GROUP, to: int | None = None, **extra: Any
    ) -> int:
        number = (
            self.telegram.say(place, who, text, **extra)
            if to is None
            else self.telegram.reply(place, who, to, text or "")
        )
        self.settle()
        return number

    def settle(self) -> None:
        self.world.settle()
        new = sorted((key for key in self.telegram.history if key not in self._drawn), key=lambda key: key[1])
        self._drawn.update(new)
        self._log.extend(new)

    def presses(self, who: dict[str, Any], button: str, place: int = GROUP) -> None:
        """The newest button of that label there."""
        notice = [m for m in self.telegram.sent_to(place) if f'"{button}"' in _labels(m)][-1]
        self._pressed.add((place, notice["message_id"], button))
        before = len(self.telegram.called("answerCallbackQuery"))
        self.telegram.press(who, notice, button)
        self.world.hear()
        answers = self.telegram.called("answerCallbackQuery")[before:]
        shown = f": “{answers[-1]['text']}”" if answers and answers[-1].get("text") else ""
        self._log.append((place, f"{who['first_name']} presses [{button}]{shown}"))
        self.settle()

    # Drawing

    def page(self) -> str:
        parts: list[str] = []
        place = 0
        for chat, what in self._log:
            if chat != place:
                parts.append(f"{'</section>' if parts else ''}<h1>{escape(self._title(chat))}</h1><section>")
                place = chat
            parts.append(f"<p class='press'>{escape(what)}</p>" if isinstance(what, str) else self._message(chat, what))
        return f"<meta charset='utf-8'><title>hamlet</title><style>{STYLE}</style>{''.join(parts)}</section>"

    def _title(self, chat: int) -> str:
        return TITLES.get(chat) or f"Private: {self.telegram._chats[chat]['first_name']}"

    def _message(self, chat: int, number: int) -> str:
        is_gone = (chat, number) not in self.telegram.messages
        message = self.telegram.messages.get((chat, number)) or self.telegram.history[chat, number]
        who, gone = message["from"], " gone" if is_gone else ""
        if "new_chat_members" in message or "left_chat_member" in message:
            verb = "joined" if "new_chat_members" in message else "left"
            return f"<p class='service{gone}'>{escape(who['first_name'])} {verb} the group</p>"
        colour = "#7a4fb0" if who["id"] == BOT["id"] else COLOURS[who["id"] % len(COLOURS)]
        name = f"<b class='who' style='color: {colour}'>{'<i class=gone>deleted</i>' if is_gone else ''}{escape(who['first_name'])}</b>"
        said = f"<div class='said{gone}'>{name}{self._file(message)}<span class='text'>{_text(message)}</span></div>"
        return said + "".join(
            self._row(chat, number, row) for row in _rows(message) or _rows(self.telegram.history[chat, number])
        )

    def _row(self, chat: int, number: int, row: list[dict[str, Any]]) -> str:
        """Buttons, also those that were gone once somebody had decided; the pressed ones are dark."""
        labels = [(button["text"], (chat, number, button["text"]) in self._pressed) for button in row]
        spans = (f"<span{' class=pressed' if pressed else ''}>{escape(label)}</span>" for label, pressed in labels)
        return f"<div class='row'>{''.join(spans)}</div>"

    def _file(self, message: dict[str, Any]) -> str:
        for kind, words in BESIDE_WORDS.items():
            if kind in message:
                data = self.telegram.files.get(message[kind][0]["file_id"]) if kind == "photo" else None
                source = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}" if data else ""
                return f"<img src='{source}'>" if data else f"<em class='file'>{words}</em>"
        return ""


def _labels(message: dict[str, Any]) -> str:
    return " ".join(f'"{button["text"]}"' for row in _rows(message) for button in row)


def _rows(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return list((message.get("reply_markup") or {}).get("inline_keyboard", []))


def _text(message: dict[str, Any]) -> str:
    """The text with its links and with what a spoiler hides on grey; entities count UTF-16 units."""
    text = str(message.get("text") or message.get("caption") or "")
    units = text.encode("utf-16-le")
    marks = {"spoiler": ("<span class='hidden'>", "</span>"), "text_link": ("<a>", "</a>")}
    html, end = "", 0
    entities = message.get("entities") or message.get("caption_entities") or []
    for entity in sorted(entities, key=lambda entity: int(entity["offset"])):
        begins, ends = (2 * int(entity["offset"]), 2 * (int(entity["offset"]) + int(entity["length"])))
        if entity["type"] in marks and begins >= end:
            before, inside = (units[a:b].decode("utf-16-le") for a, b in ((end, begins), (begins, ends)))
            opened, closed = marks[entity["type"]]
            html, end = f"{html}{escape(before)}{opened}{escape(inside)}{closed}", ends
    return html + escape(units[end:].decode("utf-16-le"))
