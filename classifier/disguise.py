"""Taking off a text's disguise: what a reader sees, in the plainest letters that look like it.

For the n-grams alone: the GPT reads the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from confusable_homoglyphs import confusables

WORD = re.compile(r"\w+")
ASCII_LETTER = re.compile(r"[A-Za-z]")


def undisguised(text: str) -> str:
    """Compatibility forms made plain (NFKC), invisible characters removed, look-alike letters put back.

    Only words that mix ASCII letters with others are put back ("frее" with two Cyrillic letters), so that Russian
    stays Russian. Look-alikes: Unicode Technical Standard 39, through confusable_homoglyphs.
    """
    if text.isascii():
        return text
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return WORD.sub(lambda word: _in_ascii(word[0]), visible)


def _in_ascii(word: str) -> str:
    if word.isascii() or not ASCII_LETTER.search(word):
        return word
    return word.translate(_look_alikes())


@cache
def _look_alikes() -> dict[int, str]:
    """Each letter that looks like one ASCII letter -> that letter."""
    table = {}
    for character, entries in confusables.confusables_data.items():
        seen = [entry["c"] for entry in entries if ASCII_LETTER.fullmatch(entry["c"])]
        if seen and len(character) == 1 and not character.isascii():
            table[ord(character)] = seen[0]
    return table
