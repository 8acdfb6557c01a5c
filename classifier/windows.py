"""Which texts can be scored, and how a long one is read: in windows that overlap, of which the worst counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from classifier.errors import NothingToJudge, TextTooLong
from classifier.gpt.tokenizer import Tokenizer

T = TypeVar("T")
WINDOW = 1_024  # tokens scored whole; longer texts are scored in windows of this length
STRIDE = 768  # a quarter of each window overlaps the next, so that no phrase is cut in every window
MAX_WINDOWS = 36  # read of a text: 27,900 tokens, more than 4,096 characters with 9,500 of links behind them
MAX_TOKENS = 147_456  # 36,864 characters, more than Telegram's longest (rich) message, at the 4 tokens of the costliest
MAX_CHARACTERS = 200_000  # encoding itself stays under a tenth of a second


@dataclass(frozen=True)
class Window:
    """Part of a text: the text's index among those scored together, and the part's token ids."""

    text: int
    ids: list[int]


def token_windows(tokenizer: Tokenizer, text: str, length: int) -> Iterator[list[int]]:
    """The text's token ids in windows of `length` tokens, the last of them full. Raises TextError where it has no score."""
    if not is_visible(text):
        raise NothingToJudge
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(len(text), "characters", MAX_CHARACTERS)
    ids = tokenizer.encode(text)
    if len(ids) > MAX_TOKENS:
        raise TextTooLong(len(ids), "tokens", MAX_TOKENS)
    last_start = max(len(ids) - length, 0)
    starts = spread([*range(0, last_start, length * STRIDE // WINDOW), last_start])
    return (ids[start : start + length] for start in starts)


def is_visible(text: str) -> bool:
    """Whether a reader would see anything: one character that is not white space, control or format."""
    return any(unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn") for c in text)


def spread(windows: Sequence[T]) -> list[T]:
    """All windows of a text; where there are more than MAX_WINDOWS, the first, the last and others evenly in between."""
    if len(windows) <= MAX_WINDOWS:
        return list(windows)
    return [windows[i * (len(windows) - 1) // (MAX_WINDOWS - 1)] for i in range(MAX_WINDOWS)]
