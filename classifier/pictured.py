"""Emoji in the place of letters: "🅰️pply", "b⭕nus", "e❌tra", "🇫 🇷 🇪 🇪".

What Unicode calls a compatibility form of a letter (ⓐ, 🄰, 𝐚) is plain after NFKC already; these are none.
"""

from __future__ import annotations

import re
import unicodedata

ENCLOSED = "\U0001f150-\U0001f169\U0001f170-\U0001f189"  # white letters on a black circle or square
FIRST_ENCLOSED = (0x1F150, 0x1F170)
LIKE = {"\u274c": "x", "\u2b55": "o"}  # a cross, a circle
SHAPES, LONGEST = "".join(LIKE), 200
WORDS = {chr(code): unicodedata.name(chr(code)).split()[1] for code in range(0x1F191, 0x1F19B)}  # 🆓 is FREE
WORD = re.compile("([\U0001f191-\U0001f19a])\ufe0f?")
FLAG_LETTER = re.compile(
    "(?<![\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff](?![\U0001f1e6-\U0001f1ff])"
)  # two are a flag
FIRST_FLAG_LETTER = 0x1F1E6
JOINED = re.compile(rf"(?:[^\W\d_]|[{ENCLOSED}\u274c\u2b55]\ufe0f?)+")
PICTURE = re.compile(rf"[{ENCLOSED}\u274c\u2b55]")


def spelt_out(text: str) -> str:
    """The text with letters where emoji stand for them. A cross or circle before or behind a word is no letter of it."""
    if text.isascii():
        return text
    text = WORD.sub(lambda match: f" {WORDS[match[1]]} ", text)
    text = FLAG_LETTER.sub(lambda match: _letter(match[0], FIRST_FLAG_LETTER), text)
    return JOINED.sub(lambda match: _word(match[0]), text)


def _letter(picture: str, first: int) -> str:
    return chr(ord("A") + ord(picture) - first)


def _word(joined: str) -> str:
    if PICTURE.search(joined) is None:
        return joined
    pieces = joined.replace("\ufe0f", "")
    if len(pieces) == 1 or all(piece in LIKE for piece in pieces):
        return joined
    is_lower = any(piece.islower() for piece in pieces)
    if len(pieces) > LONGEST:
        return joined
    letters = [_of(pieces, place) for place in range(len(pieces))]
    return "".join(
        piece if piece == letter else letter.lower() if is_lower else letter.upper()
        for piece, letter in zip(pieces, letters, strict=True)
    )


def _of(pieces: str, place: int) -> str:
    """The letter at that place of a word, or what stands there."""
    piece = pieces[place]
    if piece in LIKE:
        return LIKE[piece] if _is_within(pieces, place) else piece
    if PICTURE.match(piece) is None:
        return piece
    return _letter(piece, FIRST_ENCLOSED[ord(piece) >= FIRST_ENCLOSED[1]])


def _is_within(pieces: str, place: int) -> bool:
    """Between letters; a circle also beside a small letter: people tick off and list with crosses."""
    before, behind = pieces[:place].rstrip(SHAPES), pieces[place + 1 :].lstrip(SHAPES)
    if before and behind:
        return True
    beside = pieces[place + 1 : place + 2] if not before else pieces[place - 1]
    return LIKE[pieces[place]] == "o" and beside.islower()
