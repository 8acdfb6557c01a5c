"""Ways in which spammers disguise letters, for `benchmarks.obfuscation`: each makes one text unreadable to word lists."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Disguise = Callable[[str, random.Random], str]

LATIN_TO_CYRILLIC = dict(zip("aeopcyxABEKMHOPCTX", "аеорсухАВЕКМНОРСТХ", strict=True))  # look-alikes
CYRILLIC_TO_LATIN = {other: letter for letter, other in LATIN_TO_CYRILLIC.items()}
LEET = dict(zip("aeiostAEIOST" + "аебзочАЕБЗОЧ", "431057431057" + "436304436304", strict=True))
EMOJI_OF = {"⭕": "oOоО", "🅰️": "aAаА", "🅱️": "bBВ", "🅿️": "pPрР", "❌": "xXхХ"}  # Latin letters, then Cyrillic ones
EMOJI = {letter: sign for sign, letters in EMOJI_OF.items() for letter in letters}
INVISIBLE, ISOLATES, OVERRIDE = "\u200b\u200c\u200d\u2060", ("\u2068", "\u2069"), ("\u202e", "\u202c")
BOLD = 0x1D400  # of mathematical letters
PRINTED = re.compile(r"\S+")
WORD = re.compile(r"[^\W\d_]{4,}")


def latin_as_cyrillic(text: str, rng: random.Random) -> str:
    """Half of the Latin letters that have a Cyrillic look-alike become it."""
    return _letters(text, LATIN_TO_CYRILLIC, 0.5, rng)


def cyrillic_as_latin(text: str, rng: random.Random) -> str:
    """Half of the Cyrillic letters that have a Latin look-alike become it."""
    return _letters(text, CYRILLIC_TO_LATIN, 0.5, rng)


def zero_width(text: str, rng: random.Random) -> str:
    """An invisible character after every third letter or so."""
    return "".join(c + rng.choice(INVISIBLE) if c.isalpha() and rng.random() < 1 / 3 else c for c in text)


def bidi(text: str, rng: random.Random) -> str:
    """Words in marks of direction; every other one is written backwards and shown forwards."""
    return PRINTED.sub(lambda word: _turned(word[0]) if rng.random() < 0.5 else word[0].join(ISOLATES), text)


def fullwidth(text: str, rng: random.Random) -> str:
    """ASCII in its wide forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def fancy(text: str, rng: random.Random) -> str:
    """Latin letters as mathematical bold ones."""
    return "".join(_bold(c) for c in text)


def leet(text: str, rng: random.Random) -> str:
    """Half of the letters that a digit looks like become it."""
    return _letters(text, LEET, 0.5, rng)


def spacing(text: str, rng: random.Random) -> str:
    """Every third word of four letters and more is spaced out."""
    return WORD.sub(lambda word: " ".join(word[0]) if rng.random() < 1 / 3 else word[0], text)


def emoji(text: str, rng: random.Random) -> str:
    """Half of the letters that an emoji looks like become it."""
    return _letters(text, EMOJI, 0.5, rng)


def _letters(text: str, others: dict[str, str], share: float, rng: random.Random) -> str:
    return "".join(others[c] if c in others and rng.random() < share else c for c in text)


def _turned(word: str) -> str:
    return word[::-1].join(OVERRIDE)


def _bold(c: str) -> str:
    if "A" <= c <= "Z":
        return chr(BOLD + ord(c) - ord("A"))
    return chr(BOLD + 26 + ord(c) - ord("a")) if "a" <= c <= "z" else c


DISGUISES: dict[str, Disguise] = {
    one.__name__: one
    for one in (latin_as_cyrillic, cyrillic_as_latin, zero_width, bidi, fullwidth, fancy, leet, spacing, emoji)
}
