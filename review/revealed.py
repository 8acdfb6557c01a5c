"""Texts with their disguise shown: invisible characters are named, words of mixed alphabets are marked."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

UNSEEN = {"Cf", "Cc", "Co", "Cn", "Zl", "Zp"}  # Unicode categories without a picture
PLAIN = "\n\t\r"


def revealed(text: str) -> Markup:
    """The text, escaped, with a mark in the place of every invisible character and around mixed alphabets."""
    if is_plain(text):
        return escape(text)
    return Markup("").join(_word(part) for part in re.split(r"(\s+)", text))  # joins escaped parts


def is_plain(text: str) -> bool:
    """Whether the text has neither invisible characters nor mixed alphabets."""
    return (text.isascii() and text.isprintable()) or (not any(_is_unseen(c) for c in text) and not _strange(text))


def _word(word: str) -> Markup:
    shown = Markup("").join(_name(c) if _is_unseen(c) else escape(c) for c in word)
    return Markup("<mark>{}</mark>").format(shown) if _strange(word) else shown


def _name(c: str) -> Markup:
    title = unicodedata.name(c, "invisible character").lower()
    return Markup('<b class="unseen" title="{}">U+{}</b>').format(title, f"{ord(c):04X}")


def _is_unseen(c: str) -> bool:
    return c not in PLAIN and unicodedata.category(c) in UNSEEN


def _strange(text: str) -> bool:
    """Whether a word mixes ASCII letters with letters of another alphabet."""
    return not text.isascii() and any(
        any(c.isascii() and c.isalpha() for c in word) and any(_is_foreign(c) for c in word)
        for word in re.findall(r"\w+", text)
    )


def _is_foreign(c: str) -> bool:
    return not c.isascii() and c.isalpha() and not unicodedata.name(c, "").startswith("LATIN")
