"""A group of every kind of people around a whole hamlet, with what a bystander knows: who wrote what, who was named, what was done by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import update

from storage.models import Chat, Message, Mode, Verdict
from storage.rules import ACTS_BY_ITSELF
from storage.session import reading, transaction
from tests import fresh
from tests.bot.group_people import (
    ANN,
    BANNED,
    EVE,
    FREE,
    GROUP,
    HONOURED,
    LINKED,
    MAX,
    MODERATORS,
    NAMES,
    NEW,
    PHOTO,
    RESTRICTED,
    STRANGE,
    SUPERGROUP,
    ExportedMessage,
    Json,
)
from tests.bot.world import SPAM, World
from tests.telegram_server import TelegramServer


@dataclass
class GroupLife:
    """The group, and what may become of whom."""

    telegram: TelegramServer
    is_basic: bool
    said: list[ExportedMessage] = field(default_factory=list)
    named: set[int] = field(default_factory=set)  # clear spammers where hamlet acts, and whom moderators named
    released: set[int] = field(default_factory=set)  # of whom somebody said ham since `sanctions` was noted
    by_hand: dict[int, tuple[int, float]] = field(default_factory=dict)
    mode: Mode = Mode.TRAINING
    is_settled: bool = True

    def __post_init__(self) -> None:
        self._empty()
        self.here = GROUP
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(self.telegram, fresh.sqlite(Path(self.folder.name) / "world.sqlite3"))
        self.telegram.say(GROUP, ANN, "welcome")
        for number in range(5):
            self.write(MAX, f"the roses want water today {number}")
        self.settle()
        with transaction(self.world.engine) as session:
            session.execute(update(Chat).values(reports_needed=1))
        self.sanctions = {who: self.stands(who) for who in self.sanctionable()}

    def _empty(self) -> None:
        server = self.telegram
        with server.world() as updates:
            updates.clear()
        for kept in (server.messages, server.calls, server.started, server.banned_channels, server._members):
            kept.clear()
        server.pictures.add(PHOTO)
        server.add_group(GROUP, "Gardeners")
        server.begin_numbers()
        for who in MODERATORS:
            server.join(GROUP, who, "administrator", can_delete_messages=True, can_restrict_members=True)
        server.join(GROUP, HONOURED, "administrator", can_invite_users=True)
        for who in (MAX, EVE):
            server.join(GROUP, who)
        server.join(GROUP, NEW, "left")
        if not self.is_basic:
            server.link_channel(GROUP, LINKED)

    def close(self) -> None:
        self.world.close()
        self.folder.cleanup()

    # What people do

    def write(self, who: Json, text: str | None, **extra: Any) -> ExportedMessage:
        number = self.telegram.say(self.here, who, text, **extra)
        channel = extra.get("sender_chat")
        author = int(channel["id"] if channel else who["id"])
        message = ExportedMessage(self.here, number, author, extra.get("media_group_id"), not self.is_member(author))
        message.is_doomed = any(one.is_doomed for one in self._together(message))
        self.said.append(message)
        self.read(message, f"{text} {extra.get('caption')} {extra.get('external_reply') and extra.get('quote')}")
        return message

    def service(self, number: int, about: int) -> None:
        self.said.append(ExportedMessage(self.here, number, about, is_service=True))

    def read(self, said: ExportedMessage, words: str) -> None:
        """What hamlet may do by itself about these words."""
        if SPAM in words and self.mode in ACTS_BY_ITSELF and not said.is_protected:
            self.named.add(said.author)
            self._doom(said)

    def order(self, said: ExportedMessage, word: str) -> None:
        """A moderator said it of this message."""
        if word.removesuffix("@hamlet_bot").endswith("ham"):
            self.released.add(said.author)
            return
        if said.author and not said.is_protected and self.is_member(said.author):
            self._doom(said)
            self.named |= set() if "warn" in word else {said.author}

    def _doom(self, said: ExportedMessage) -> None:
        for one in self._together(said):
            one.is_doomed = True

    def _together(self, said: ExportedMessage) -> list[ExportedMessage]:
        """The album that a message is part of, or the message alone."""
        return [one for one in self.said if one is said or (said.album is not None and one.album == said.album)]

    def becomes_supergroup(self) -> None:
        self.settle()
        self.telegram.upgrade(GROUP, SUPERGROUP, ANN)
        self.telegram.link_channel(SUPERGROUP, LINKED)
        self.here, self.is_basic = SUPERGROUP, False

    def sanction(self, by: Json, who: Json, status: str, until: int) -> None:
        self.telegram.sanction(self.here, by, who, status, until)
        rank = {"kicked": BANNED, "restricted": RESTRICTED}.get(status)
        self.released.add(who["id"])
        if rank is None:
            self.by_hand.pop(who["id"], None)
        else:
            self.by_hand[who["id"]] = rank, until or float("inf")

    # What is so

    def settle(self) -> None:
        self.world.settle()
        self.is_settled = True

    def is_member(self, author: int) -> bool:
        """Whether somebody is moderated, rather than speaks for the group."""
        if author < 0:
            return author == STRANGE["id"]
        return author in NAMES and self.status(author) not in ("administrator", "creator")

    def status(self, author: int) -> str:
        member = self.telegram._members.get((self.here, author))
        return str(member["status"]) if member else "left"

    def is_there(self, author: int) -> bool:
        member = self.telegram._members.get((self.here, author), {"status": "left"})
        return member["status"] == "member" or (member["status"] == "restricted" and bool(member["is_member"]))

    def stands(self, author: int) -> tuple[int, float]:
        """How Telegram holds somebody, and until when."""
        if author < 0:
            is_silenced = (self.here, author) in self.telegram.banned_channels
            return (BANNED, float("inf")) if is_silenced else (FREE, 0.0)
        member = self.telegram._members.get((self.here, author), {"status": "left"})
        rank = {"kicked": BANNED, "restricted": RESTRICTED}.get(member["status"], FREE)
        return rank, (float(member["until_date"] or "inf") if rank else 0.0)

    def sanctionable(self) -> Iterable[int]:
        return NAMES

    def may_write(self, who: Json) -> bool:
        return self.is_there(who["id"]) and self.status(who["id"]) != "restricted"

    def moderates(self, who: Json) -> bool:
        member = self.telegram._members.get((self.here, who["id"]), {})
        return bool(member.get("can_delete_messages") or member.get("can_restrict_members"))

    def remaining(self) -> list[ExportedMessage]:
        """What can be answered in the group as it is now."""
        return [said for said in self.said if said.chat == self.here and said.key in self.telegram.messages]

    def notices(self) -> Iterator[tuple[Json, int]]:
        """Every notice with the verdict that it shows."""
        for chat in (GROUP, SUPERGROUP):
            for sent in self.telegram.sent_to(chat):
                if "Why?" in str(sent.get("reply_markup")):
                    data = str(sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
                    yield sent, int(data.split(":")[1])

    def shown(self, verdict_id: int) -> ExportedMessage:
        """What the notice of that verdict is about."""
        with reading(self.world.engine) as session:
            row = session.get_one(Message, session.get_one(Verdict, verdict_id).message_id)
            chat = session.get_one(Chat, row.chat_id).external_id
        key = (GROUP, -row.message_id) if row.message_id < 0 else (chat, row.message_id)
        return next(said for said in self.said if said.key == key)
