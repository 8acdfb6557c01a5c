"""What members, newcomers and channels do."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.bot.group_people import AS_A_CHANNEL, LINKED, MEMBERS, PHOTO, STRANGE, TELEGRAM, Json
from tests.bot.life_rules import ANY, SOON, TEXTS, Life

A_MEMBER = st.sampled_from(MEMBERS)
TOPICS = st.sampled_from([{}, {}, {"message_thread_id": 3, "is_topic_message": True}])
HIDDEN: Json = {"type": "hidden_user", "date": 1_735_732_800, "sender_user_name": "Somebody"}
KINDS: dict[str, Any] = {
    "text": lambda text: {"text": text},
    "caption": lambda text: {"text": None, "photo": _photo(), "caption": text},
    "picture": lambda _: {"text": None, "photo": _photo()},
    "quote of this chat": lambda text: {"text": "hello", "quote": {"text": text, "position": 0}},
    "quote of another": lambda text: {
        "text": "hello",
        "quote": {"text": text, "position": 0},
        "external_reply": {"origin": HIDDEN},
    },
    "forward": lambda text: {"text": text, "forward_origin": HIDDEN},
}


def _photo(file_id: str = PHOTO) -> list[Json]:
    return [{"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}]


class Members(Life):
    """What members, newcomers and channels do."""

    @rule(who=A_MEMBER, kind=st.sampled_from(list(KINDS)), text=TEXTS, topic=TOPICS, soon=SOON)
    def write(self, who: Json, kind: str, text: str, topic: Json, soon: bool) -> None:
        if not self.life.may_write(who):
            return
        answered = self.any_said(0) if kind == "quote of this chat" else None
        about = {"reply_to_message": self.telegram.messages[answered.key]} if answered else {}
        self.life.write(who, **KINDS[kind](text), **about, **({} if self.life.is_basic else topic))
        self.then(soon)

    @rule(who=A_MEMBER, text=TEXTS, album=ANY, soon=SOON)
    def send_album(self, who: Json, text: str, album: int, soon: bool) -> None:
        if not self.life.may_write(who):
            return
        together = {"text": None, "photo": _photo(), "media_group_id": f"{who['id']}-{album}"}
        self.life.write(who, **together, caption=text)
        self.life.write(who, **together)
        self.then(soon)

    @rule(which=ANY, text=TEXTS, soon=SOON)
    def edit(self, which: int, text: str, soon: bool) -> None:
        message = self.any_said(which)
        if message is None or message.is_service:
            return
        words = "caption" if "photo" in self.telegram.messages[message.key] else "text"
        self.telegram.edit(self.life.here, message.number, **{words: text})
        self.life.read(message, text)
        self.then(soon)

    @precondition(lambda self: not self.life.is_basic)
    @rule(channel=st.sampled_from([LINKED, STRANGE]), text=TEXTS, soon=SOON)
    def comment_as_a_channel(self, channel: Json | None, text: str, soon: bool) -> None:
        if (self.life.here, channel["id"]) not in self.telegram.banned_channels:
            self.life.write(AS_A_CHANNEL, text, sender_chat=channel)
            self.then(soon)

    @precondition(lambda self: not self.life.is_basic)
    @rule(text=TEXTS, soon=SOON)
    def post_in_the_channel(self, text: str, soon: bool) -> None:
        origin = {"type": "channel", "date": int(time.time()), "chat": LINKED, "message_id": 1}
        self.life.write(TELEGRAM, text, sender_chat=LINKED, is_automatic_forward=True, forward_origin=origin)
        self.then(soon)

    @rule(who=A_MEMBER, soon=SOON)
    def come_or_go(self, who: Json, soon: bool) -> None:
        if self.life.is_there(who["id"]) and self.life.is_member(who["id"]):
            self.life.service(self.telegram.leave(self.life.here, who), who["id"])
        elif self.life.status(who["id"]) in ("left", "restricted"):
            self.life.service(self.telegram.come_back(self.life.here, who), who["id"])
        self.then(soon)

    @rule(who=A_MEMBER, which=ANY, soon=SOON)
    def report(self, who: Json, which: int, soon: bool) -> None:
        message = self.any_said(which)
        if message is not None and self.life.may_write(who):
            self.telegram.reply(self.life.here, who, message.number, "/report")
            self.then(soon)

    @rule(
        who=A_MEMBER,
        asked=st.sampled_from(["/forget yes", "/mydata", "/appeal I am no spammer"]),
        soon=SOON,
    )
    def ask_in_private(self, who: Json, asked: str, soon: bool) -> None:
        self.telegram.whisper(who, asked)
        self.then(soon)
