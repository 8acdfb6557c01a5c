"""A number for what a text says, the same for copies that differ in what spammers change from one to the next.

Case, spaces, punctuation, digits, emoji, marks on letters, invisible characters, addresses, handles and letters that
look alike do not count; another word does.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

FEWEST_LETTERS = 12  # with fewer, different people's texts are often the same
ENDINGS = (
    "com|net|org|io|me|app|xyz|info|club|online|shop|site|store|top|live|vip|bet|link|biz|pro|ru|su|ua|in|uk|eu|us"
)
NO_WORDS = re.compile(  # each begins where a word does, so that a long word costs no more than it is long
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.+-])[\w.+-]*@[\w.-]*"
    r"|(?<![\w.-])[\w-]+(?:\.[\w-]+)+/\S*"
    rf"|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:{ENDINGS})\b"
)
ALIKE = "aаα bвβ cсϲ dԁ eеεє hnнη ilіιı jј kкκ mмμ oоοσ pрρ qԛ sѕ tтτ uvyуυν wԝω xхχ zζ"  # small ones; also by their capitals
LOOKS = str.maketrans({letter: letters[0] for letters in ALIKE.split() for letter in letters})


def of(text: str) -> int | None:
    """A signed number of 64 bits; None for texts with too few letters to tell a copy from a coincidence."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    letters = "".join(c for c in NO_WORDS.sub(" ", visible.casefold()) if c.isalpha())
    if len(letters) < FEWEST_LETTERS:
        return None
    bare = "".join(c for c in unicodedata.normalize("NFD", letters) if c.isalpha())
    digest = hashlib.blake2b(bare.translate(LOOKS).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
