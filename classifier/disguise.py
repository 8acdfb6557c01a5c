"""Taking off a text's disguise: what a reader sees, in the plainest letters that look like it, and which disguises it wore.

For the n-grams and the encoder: the GPT reads the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from confusable_homoglyphs import confusables

WORD = re.compile(r"\w+")
ASCII_LETTER = re.compile(r"[A-Za-z]")
SCRIPTS = {
    "CYRILLIC": re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]"),
    "GREEK": re.compile(r"[Α-Ωα-ω]"),
}  # of words that hide Latin letters
FANCY = re.compile(  # letters alone: figures in circles and wide punctuation are how some languages write
    "[\U0001d400-\U0001d7ff⒜-ⓩ\U0001f110-\U0001f149\U0001f150-\U0001f189Ａ-Ｚａ-ｚᴀ-ᵿʰ-ʸˠ-ˣⁱⁿₐ-ₜ]"
)
MARKED_LETTER = re.compile(r"[^\W\d_][̀-ͯ]+")  # a letter and marks that no letter of its own stands for
MARKS = re.compile(r"[̀-ͯ]")
PLAIN = "0-9A-Za-zÀ-ʯͰ-ӿ"  # of Latin, Greek and Cyrillic words, which need no joiners; Persian ones and emoji do
INVISIBLE = re.compile(rf"(?<=[{PLAIN}])[\u00ad\u200b-\u200f\u2060\ufeff]+(?=[{PLAIN}])")
SPACED = re.compile(  # l e t t e r s, at least four, all as far apart: "т.д. и т.п." are words
    r"(?<![^\W_])[^\W\d_]([ .\-_/·•*]{1,2})[^\W\d_](?![^\W_])(?:\1[^\W\d_](?![^\W_])){2,}"
)
FEWEST_MARKED = 3  # letters with marks that are no accident


def undisguised(text: str) -> str:
    """Compatibility forms made plain (NFKC), invisible characters removed, look-alike letters put back.

    Only words that mix ASCII letters with others are put back ("frее" with two Cyrillic letters), so that Russian
    stays Russian. Look-alikes: Unicode Technical Standard 39, through confusable_homoglyphs.
    """
    if text.isascii():
        return text
    return WORD.sub(lambda word: _in_ascii(word[0]), _visible(text))


def revealed(text: str) -> str:
    """The same, but each mixed word in the script it belongs to, spaced letters joined, marks on letters taken off.

    "Ищeм" with a Latin e is Russian: it has letters that no Latin one looks like. Where a word has none, its
    neighbours' script decides.
    """
    if not text.isascii():
        text = _visible(text)
        if _is_marked(text):
            text = MARKS.sub("", unicodedata.normalize("NFD", text))
        script = _script_of(text)
        text = WORD.sub(lambda word: _in_its_script(word[0], script), text)
    return SPACED.sub(lambda letters: letters[0].replace(letters[1], ""), text)


def disguises(text: str) -> list[str]:
    """The names of the disguises a text wears: fancy, marked, invisible, mixed, spaced."""
    if text.isascii():
        return ["spaced"] if SPACED.search(text) else []
    plain = _visible(text)
    worn = {
        "fancy": FANCY.search(text),
        "marked": _is_marked(plain),
        "invisible": INVISIBLE.search(text),
        "mixed": any(_is_mixed(word) for word in WORD.findall(plain)),
        "spaced": SPACED.search(plain),
    }
    return [name for name, found in worn.items() if found]


def _visible(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def _is_marked(text: str) -> bool:
    return len(MARKED_LETTER.findall(unicodedata.normalize("NFC", text))) >= FEWEST_MARKED


def _in_ascii(word: str) -> str:
    if word.isascii() or not ASCII_LETTER.search(word):
        return word
    return word.translate(_look_alikes())


def _is_mixed(word: str) -> bool:
    """Whether letters of ASCII stand in one word with Cyrillic or Greek ones."""
    return ASCII_LETTER.search(word) is not None and any(script.search(word) for script in SCRIPTS.values())


def _in_its_script(word: str, around: str | None) -> str:
    if word.isascii() or not ASCII_LETTER.search(word):
        return word
    own = _script_of("".join(c for c in word if ord(c) not in _look_alikes())) if _is_mixed(word) else None
    has_latin_of_its_own = any(c.isascii() and c.isalpha() and c not in _latin_look_alikes() for c in word)
    script = None if has_latin_of_its_own else own or around
    if script is None or not SCRIPTS[script].search(word):
        return word.translate(_strange_look_alikes())
    return word.translate(_look_alikes_in(script))


def _script_of(text: str) -> str | None:
    """Of Cyrillic and Greek the one that has more letters in the text than ASCII has, if any."""
    counts = Counter({name: len(script.findall(text)) for name, script in SCRIPTS.items()})
    name, letters = counts.most_common(1)[0]
    return name if letters > len(ASCII_LETTER.findall(text)) else None


@cache
def _look_alikes() -> dict[int, str]:
    """Each letter that looks like one ASCII letter -> that letter."""
    table = {}
    for character, entries in confusables.confusables_data.items():
        seen = [entry["c"] for entry in entries if ASCII_LETTER.fullmatch(entry["c"])]
        if seen and len(character) == 1 and not character.isascii():
            table[ord(character)] = seen[0]
    return table


@cache
def _strange_look_alikes() -> dict[int, str]:
    """The same without what is a letter of its own beside them: Turkish and Azerbaijani write ı."""
    return {code: letter for code, letter in _look_alikes().items() if chr(code) != "ı"}


@cache
def _look_alikes_in(script: str) -> dict[int, str]:
    """Each ASCII letter that looks like one of the script's -> that letter, of the same case."""
    table: dict[int, str] = {}
    for code, latin in _look_alikes().items():
        letter = chr(code)
        if SCRIPTS[script].fullmatch(letter) and letter.isupper() == latin.isupper():
            table.setdefault(ord(latin), letter)
    return table


@cache
def _latin_look_alikes() -> frozenset[str]:
    """ASCII letters that a Cyrillic or Greek letter looks like."""
    return frozenset(chr(code) for script in SCRIPTS for code in _look_alikes_in(script))
