"""What the n-grams and the encoder read of a text, in one of three manners: a version reads as it learned to.

The n-grams' first manner is the undisguised text in lower case. The second also folds what spammers invent anew each time
(addresses, handles, digits) into signs, and adds a sign for each disguise that was removed: any one word in fancy letters
is too rare to learn from. The third also removes marks of direction and reads emoji, digits and signs that stand for letters.
"""

from __future__ import annotations

import re

from classifier import leet, pictured
from classifier.addresses import ADDRESS, HANDLE
from classifier.directions import is_turned, upright
from classifier.disguise import disguises, revealed, undisguised

UNDISGUISED, FOLDED, SPELT = 1, 2, 3
MANNERS = (UNDISGUISED, FOLDED, SPELT)
NAMES = (
    "address",
    "handle",
    "name and number",
    "fancy",
    "marked",
    "invisible",
    "mixed",
    "spaced",
    "turned",
    "pictured",
    "leet",
)
SIGNS = {name: chr(0xE010 + i) for i, name in enumerate(NAMES)}  # private characters, which no text has of its own
NAME_AND_NUMBER = re.compile(r"(?<!\w)[a-z]{3,}\d{1,4}[a-z]{0,2}(?!\w)", re.IGNORECASE)  # as gambling sites are named
DIGIT = re.compile(r"\d")


def read(text: str, manner: int) -> str:
    """The text as the n-grams of that manner read it."""
    if manner == UNDISGUISED:
        return undisguised(text).lower()
    plain = words(text, manner)
    signs = [SIGNS[name] for name in worn(text, manner)]
    plain = HANDLE.sub(f" {SIGNS['handle']} ", ADDRESS.sub(f" {SIGNS['address']} ", plain))
    if NAME_AND_NUMBER.search(plain):
        signs.append(SIGNS["name and number"])
    return " ".join([DIGIT.sub("0", plain).lower(), *signs])


def words(text: str, manner: int) -> str:
    """The text without its disguises, as the encoder of a version of that manner reads it."""
    if manner < SPELT:
        return revealed(text)
    return leet.undone(revealed(pictured.spelt_out(upright(text))))


def worn(text: str, manner: int) -> list[str]:
    """The names of the disguises that the text wears, those which that manner removes."""
    names = disguises(text)
    if manner < SPELT:
        return names
    shown = upright(text)
    letters = pictured.spelt_out(shown)
    plain = revealed(letters)
    worn = {"turned": is_turned(text), "pictured": letters != shown, "leet": leet.undone(plain) != plain}
    return names + [name for name, is_worn in worn.items() if is_worn]


def spelt(read_text: str) -> str:
    """What was read, for a person: each sign as its name between angle brackets."""
    return read_text.translate({ord(sign): f"⟨{name}⟩" for name, sign in SIGNS.items()})
