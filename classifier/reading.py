"""What the n-grams read of a text, in one of two manners: a version reads as it learned to.

The first is the undisguised text in lower case. The second also folds what spammers invent anew each time (addresses,
handles, digits) into signs, and adds a sign for each disguise that was removed: any one word in fancy letters is too
rare to learn from.
"""

from __future__ import annotations

import re

from classifier.disguise import disguises, revealed, undisguised

UNDISGUISED, FOLDED = 1, 2
MANNERS = (UNDISGUISED, FOLDED)
NAMES = ("address", "handle", "name and number", "fancy", "marked", "invisible", "mixed", "spaced")
SIGNS = {name: chr(0xE010 + i) for i, name in enumerate(NAMES)}  # private characters, which no text has of its own
ENDINGS = (
    "com|net|org|io|me|app|xyz|info|club|online|shop|site|store|top|live|vip|bet|link|co|ly|gl|biz|dev|ai|gg|fun|pro|cc|tv|"
    "ru|su|by|kz|uz|ua|in|id|uk|de|fr|es|it|pl|pt|br|tr|ir|cn|jp|kr|vn|eu|us|рф"
)
ADDRESS = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.(?:{ENDINGS})\b(?:/\S*)?", re.IGNORECASE
)
HANDLE = re.compile(r"(?<!\w)@\w{3,}")
NAME_AND_NUMBER = re.compile(r"(?<!\w)[a-z]{3,}\d{1,4}[a-z]{0,2}(?!\w)", re.IGNORECASE)  # as gambling sites are named
DIGIT = re.compile(r"\d")


def read(text: str, manner: int) -> str:
    """The text as the n-grams of that manner read it."""
    if manner == UNDISGUISED:
        return undisguised(text).lower()
    plain = revealed(text)
    signs = [SIGNS[name] for name in disguises(text)]
    plain = HANDLE.sub(f" {SIGNS['handle']} ", ADDRESS.sub(f" {SIGNS['address']} ", plain))
    if NAME_AND_NUMBER.search(plain):
        signs.append(SIGNS["name and number"])
    return " ".join([DIGIT.sub("0", plain).lower(), *signs])


def spelt(read_text: str) -> str:
    """What was read, for a person: each sign as its name between angle brackets."""
    return read_text.translate({ord(sign): f"⟨{name}⟩" for name, sign in SIGNS.items()})
