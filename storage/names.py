"""Recognises names that are advertisements: they are judged, and not repeated where everybody can read them. Pure."""

from __future__ import annotations

import re

from storage import usernames

ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:/\S*)?", re.IGNORECASE)
HANDLE = re.compile(r"@\w+")
TELEPHONE = re.compile(r"(?:\d[\s()+-]*){7,}")
MONEY = re.compile(r"[$€£¥₹₽₿%]")
WORD = re.compile(r"[^\W\d_]{2,}")
WORDS_OF_A_NAME = 3
LONGEST = 64  # characters of a name that are stored


def says_more(name: str) -> bool:
    """Whether a person's or a channel's name may be an advertisement, to be judged like a text.

    It is taken for a mere name if it has at most three words, one of them written as names are, and holds no address,
    handle, telephone number or amount of money.
    """
    if any(sign.search(name) for sign in (ADDRESS, HANDLE, TELEPHONE, MONEY)):
        return True
    words = WORD.findall(name)
    return len(words) > WORDS_OF_A_NAME or (len(words) > 1 and all(_is_no_name(word) for word in words))


def without(text: str, name: str, username: str = "") -> str:
    """The text without the name and the words of the username before it, as far as they were judged with it."""
    first, _, rest = text.partition("\n")
    if name and says_more(name) and first.startswith(name):
        text = rest
    first, _, rest = text.partition("\n")
    return rest if first and first == usernames.spelled(username) else text


def _is_no_name(word: str) -> bool:
    """Whether a word is in capitals or begins with a small letter; without case, any word may be a name."""
    return word.isupper() or word[0].islower()
