"""The buttons under a notice: written by actions, read by the bot, at most 64 bytes, saying nothing but ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DATA = re.compile(r"correct:(\d{1,18}):([01])", re.ASCII)


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
        found = _DATA.fullmatch(data or "")
        return found and cls(int(found[1]), found[2] == "1")
