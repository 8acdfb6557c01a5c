"""Removing a text's disguises: what a reader sees, in the plainest letters that look like it, and which disguises it wore.

The n-grams and the encoder read the result; the GPT reads the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from confusable_homoglyphs import confusables

WORD = re.compile(r"\w+")
ASCII_LETTER = re.compile(r"[A-Za-z]")
SCRIPTS = {  # of words that may hide Latin letters
    "CYRILLIC": re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]"),
    "GREEK": re.compile(r"[Α-Ωα-ω]"),
}
FANCY = re.compile(  # letters only: some languages write circled figures and wide punctuation
    "[\U0001d400-\U0001d7ff⒜-ⓩ\U0001f110-\U0001f149\U0001f150-\U0001f189Ａ-Ｚａ-ｚᴀ-ᵿʰ-ʸˠ-ˣⁱⁿₐ-ₜ]"
)
MARKED_LETTER = re.compile(r"[^\W\d_][̀-ͯ]+")  # a letter with marks that no single character combines
MARKS = re.compile(r"[̀-ͯ]")
PLAIN = "0-9A-Za-zÀ-ʯͰ-ӿ"  # of Latin, Greek and Cyrillic words, which need no joiners; Persian words and emoji do
INVISIBLE = re.compile(rf"(?<=[{PLAIN}])[\u00ad\u200b-\u200f\u2060\ufeff]+(?=[{PLAIN}])")
SPACED = re.compile(  # l e t t e r s, at least four, all equally far apart: "т.д. и т.п." are words
    r"(?<![^\W_])[^\W\d_]([ .\-_/·•*]{1,2})[^\W\d_](?![^\W_])(?:\1[^\W\d_](?![^\W_])){2,}"
)
FEWEST_MARKED = 3  # marked letters that make a disguise; fewer are a typo


def undisguised(text: str) -> str:
    """Compatibility forms made plain (NFKC), invisible characters removed, look-alike letters replaced by ASCII.

    Letters are replaced only in words that mix ASCII with others ("frее" with two Cyrillic letters), so that Russian
    stays Russian. Look-alikes: Unicode Technical Standard 39, through confusable_homoglyphs.
    """
    if text.isascii():
        return text
    return WORD.sub(lambda word: _in_ascii(word[0]), _visible(text))


def revealed(text: str) -> str:
    """The same, but each mixed word in the script it belongs to, spaced letters joined, marks on letters removed.

    "Ищeм" with a Latin e is Russian: it has letters that look like no Latin one. Where a word has no such letter, the
    script of the text around it decides.
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
    return [name for name, match in worn.items() if match]


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
    """Whether the word has both ASCII letters and Cyrillic or Greek ones."""
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
    """Cyrillic or Greek, if the text has more letters of it than of ASCII."""
    counts = Counter({name: len(script.findall(text)) for name, script in SCRIPTS.items()})
    name, letters = counts.most_common(1)[0]
    return name if letters > len(ASCII_LETTER.findall(text)) else None


@cache
def _look_alikes() -> dict[int, str]:
    """Each letter that looks like one ASCII letter -> that letter."""
    table = {}
    for character, entries in confusables.confusables_data.items():
        ascii_letters = [entry["c"] for entry in entries if ASCII_LETTER.fullmatch(entry["c"])]
        if ascii_letters and len(character) == 1 and not character.isascii():
            table[ord(character)] = ascii_letters[0]
    return table


@cache
def _strange_look_alikes() -> dict[int, str]:
    """The same without ı, which Turkish and Azerbaijani write beside ASCII letters."""
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
