"""The buttons of hamlet's messages: what stands in their data, at most 64 bytes of ids and short words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CORRECTION = re.compile(r"correct:(\d{1,18}):([01])", re.ASCII)
_WHY = re.compile(r"why:(\d{1,18})", re.ASCII)
_RAID = re.compile(r"raid:(\d{1,18}):(\d{1,18}):(\d{1,18})", re.ASCII)
_SHOW = re.compile(r"show:(\d{1,18}):(\d{1,18}):(\d{1,18})", re.ASCII)
_CASE = re.compile(r"case:(\d{1,18}):([01])", re.ASCII)
_PARDON = re.compile(r"pardon:(\d{1,18}):(\d{1,18})", re.ASCII)
_CHOICE = re.compile(r"choose:(\d{1,18}):([a-z_]{1,24}):([a-z0-9]{1,12})", re.ASCII)
_HOLD = re.compile(r"hold:(\d{1,18}):([01])", re.ASCII)
_REACTOR = re.compile(r"reactor:(\d{1,18}):(\d{1,18}):([01])", re.ASCII)
_POLICY = re.compile(r"policy:(\d{1,18}):([a-z_]{1,24}):([A-Za-z0-9_/+-]{0,24})", re.ASCII)


@dataclass(frozen=True)
class CorrectionButton:
    """Pressing it says that the message this verdict judged is spam, or is not."""

    verdict_id: int
    is_spam: bool

    @property
    def data(self) -> str:
        return f"correct:{self.verdict_id}:{int(self.is_spam)}"

    @classmethod
    def parse(cls, data: str | None) -> CorrectionButton | None:
        """The button that sent `data`, or None where it is not one of these."""
        match = _CORRECTION.fullmatch(data or "")
        return match and cls(int(match[1]), match[2] == "1")


@dataclass(frozen=True)
class WhyButton:
    """Pressing it asks why a message was flagged."""

    verdict_id: int

    @property
    def data(self) -> str:
        return f"why:{self.verdict_id}"

    @classmethod
    def parse(cls, data: str | None) -> WhyButton | None:
        match = _WHY.fullmatch(data or "")
        return match and cls(int(match[1]))


@dataclass(frozen=True)
class ChoiceButton:
    """Pressing it chooses one thing for a chat: `what` is a column's name or an action of the menu."""

    chat_id: int
    what: str
    value: str

    @property
    def data(self) -> str:
        return f"choose:{self.chat_id}:{self.what}:{self.value}"

    @classmethod
    def parse(cls, data: str | None) -> ChoiceButton | None:
        match = _CHOICE.fullmatch(data or "")
        return match and cls(int(match[1]), match[2], match[3])


@dataclass(frozen=True)
class RaidButton:
    """Pressing it says that all of a chat's flagged messages from one verdict to another are spam."""

    chat_id: int
    first: int
    last: int

    @property
    def data(self) -> str:
        return f"raid:{self.chat_id}:{self.first}:{self.last}"

    @classmethod
    def parse(cls, data: str | None) -> RaidButton | None:
        match = _RAID.fullmatch(data or "")
        return match and cls(int(match[1]), int(match[2]), int(match[3]))


@dataclass(frozen=True)
class ShowButton:
    """Pressing it asks for notices of the next few of a chat's flagged messages from one verdict to another."""

    chat_id: int
    first: int
    last: int

    @property
    def data(self) -> str:
        return f"show:{self.chat_id}:{self.first}:{self.last}"

    @classmethod
    def parse(cls, data: str | None) -> ShowButton | None:
        match = _SHOW.fullmatch(data or "")
        return match and cls(int(match[1]), int(match[2]), int(match[3]))


@dataclass(frozen=True)
class CaseButton:
    """Pressing it says that every message of a flood is spam, or that none is."""

    case_id: int
    is_spam: bool

    @property
    def data(self) -> str:
        return f"case:{self.case_id}:{int(self.is_spam)}"

    @classmethod
    def parse(cls, data: str | None) -> CaseButton | None:
        match = _CASE.fullmatch(data or "")
        return match and cls(int(match[1]), match[2] == "1")


@dataclass(frozen=True)
class PardonButton:
    """Pressing it takes back what an order did to somebody in a chat."""

    chat_id: int
    user_id: int

    @property
    def data(self) -> str:
        return f"pardon:{self.chat_id}:{self.user_id}"

    @classmethod
    def parse(cls, data: str | None) -> PardonButton | None:
        match = _PARDON.fullmatch(data or "")
        return match and cls(int(match[1]), int(match[2]))


@dataclass(frozen=True)
class PolicyButton:
    """Pressing it chooses the value that `word` stands for in a field of the chat's settings.

    Without a word it shows the field's values; without a field, all fields.
    """

    chat_id: int
    field: str = "all"
    word: str = ""

    @property
    def data(self) -> str:
        return f"policy:{self.chat_id}:{self.field}:{self.word}"

    @classmethod
    def parse(cls, data: str | None) -> PolicyButton | None:
        match = _POLICY.fullmatch(data or "")
        return match and cls(int(match[1]), match[2], match[3])


@dataclass(frozen=True)
class HoldButton:
    """Pressing it lets a held message (its row) in, or refuses it."""

    message_row: int
    lets_in: bool

    @property
    def data(self) -> str:
        return f"hold:{self.message_row}:{int(self.lets_in)}"

    @classmethod
    def parse(cls, data: str | None) -> HoldButton | None:
        match = _HOLD.fullmatch(data or "")
        return match and cls(int(match[1]), match[2] == "1")


@dataclass(frozen=True)
class ReactorButton:
    """Pressing it bans somebody whose reactions were shown, or leaves it."""

    chat_id: int
    user_id: int
    bans: bool

    @property
    def data(self) -> str:
        return f"reactor:{self.chat_id}:{self.user_id}:{int(self.bans)}"

    @classmethod
    def parse(cls, data: str | None) -> ReactorButton | None:
        match = _REACTOR.fullmatch(data or "")
        return match and cls(int(match[1]), int(match[2]), match[3] == "1")
