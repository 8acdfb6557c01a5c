"""Which script a text is written in, and in which scripts a chat writes. Pure.

Only words count whose letters are all of one script: a Latin word with two Cyrillic letters in it is a disguise, which
the n-grams see through, and no sign of who writes in Cyrillic. Links, handles, digits and emoji have no script.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

KNOWN = frozenset(("ARABIC", "ARMENIAN", "BENGALI", "CJK", "CYRILLIC", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GREEK"))
KNOWN |= {"GUJARATI", "GURMUKHI", "HANGUL", "HEBREW", "KANNADA", "KHMER", "LAO", "LATIN", "MALAYALAM", "MYANMAR"}
KNOWN |= {"SINHALA", "TAMIL", "TELUGU", "THAI", "TIBETAN"}
WRITTEN_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}  # by who writes Japanese
NO_WORDS = (
    re.compile(  # a domain begins where a word does, or after an @, so that a long word costs no more than it is long
        r"(?:https?://|www\.)\S+|(?:@|(?<![\w-])(?<![\w-]\.))[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?|[@#]\w+",
        re.IGNORECASE,
    )
)
WORD = re.compile(r"[^\W\d_]+")
LONGEST = 2_000  # characters that are looked at
LEAST_LETTERS = 10  # of the script; fewer are a name or a greeting
LEAST_TEXTS = 200  # of a chat, that say in which scripts it writes
HARDLY_EVER = 0.02  # of a chat's texts, below which a script is strange to it: a foreign line now and then


def of(text: str) -> str | None:
    """The script of most letters, as Unicode names it (LATIN, CYRILLIC …); None with few letters, or none that prevails."""
    letters: Counter[str] = Counter()
    for word in WORD.findall(unicodedata.normalize("NFKC", NO_WORDS.sub(" ", text[:LONGEST]))):
        scripts = set(map(_of_letter, word))
        if len(scripts) == 1:
            letters[scripts.pop()] += len(word)
    if not letters:
        return None
    script, count = letters.most_common(1)[0]
    return script if script in KNOWN and count >= LEAST_LETTERS and 2 * count > letters.total() else None


def used(texts: Iterable[str], hardly_ever: float = HARDLY_EVER) -> frozenset[str] | None:
    """The scripts of at least `hardly_ever` of a chat's texts; None where too few of them have a script to say so."""
    counts = Counter(script for text in texts if (script := of(text)) is not None)
    if counts.total() < LEAST_TEXTS:
        return None
    return frozenset(script for script, count in counts.items() if count >= hardly_ever * counts.total())


@lru_cache(maxsize=20_000)
def _of_letter(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return WRITTEN_TOGETHER.get(name, name)
