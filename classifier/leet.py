"""Digits and signs in the place of letters: "c4sino b0nus", "ca$h", "зар4боток".

A digit is a letter within a word that has letters on both sides of it and reads as a word with it. Prices, units, numbers, codes,
versions, names of models, moves of chess, addresses and handles stay. A text with several such words is written like that
throughout: there a word's first and last digits are letters as well.
"""

from __future__ import annotations

import re
from itertools import islice

from classifier.addresses import ADDRESS, HANDLE

LATIN = str.maketrans("013457@$€", "oieastase")
CYRILLIC = str.maketrans("0346", "озчб")
TOKEN = re.compile(r"\S+")
PIECE = re.compile(r"[^\W_]+(?:[@$€]+[^\W_]+)*")
MAIL = re.compile(r"\S@\S+\.\w")
STAYS = re.compile(r"[/\\=#_~^<>{}\[\]]|\w-\w*\d|\d\w*-\w|\w[.:]\w")  # of paths, formulas, codes, files, versions
SIGN = re.compile(r"[0-9@$€]")
WITHIN = re.compile(  # at the end of a name or model one letter follows: "iphone5s"; ann@home is an account on a machine
    r"(?<=[a-z])[013457]{1,2}(?=[a-z][a-z013457@$€])|(?<=[a-z])[$€]{1,2}(?=[a-z])|(?<![^\W_]{3})(?<=[a-z])@(?=[a-z]{2})",
    re.IGNORECASE,
)
WITHIN_CYRILLIC = re.compile(r"(?<=[а-яё])[0346](?=[а-яё][а-яё0346])", re.IGNORECASE)
BEFORE = re.compile(r"[013457](?=[a-z])", re.IGNORECASE)
NUMBER = re.compile(r"[0-9@$€]{3}")
LATIN_WORD = re.compile(r"[a-z013457@$€]+", re.IGNORECASE)
CYRILLIC_WORD = re.compile(r"[а-яё0346]+", re.IGNORECASE)
HEXADECIMAL = re.compile(r"[0-9a-f]+", re.IGNORECASE)
CHESS = re.compile(r"(?:[KQRBNkqrbn]?[a-h]?[1-8]?x?[a-h][1-8](?:=?[QRBN])?){1,2}")
QUANTITY = re.compile(  # 100k, 5pm, 1st, covid2019
    r"\d{2,}[a-z]{1,3}|\d(?:[ap]m|[kmcdn]?[mgl]|[kdghxs]|[kmgt]b|st|rd|th|day|min)|2nd|[a-z]+\d{3,}", re.IGNORECASE
)
VOWELS = "aeiouyAEIOUYаеёиоуыэюяАЕЁИОУЫЭЮЯ"
CONSONANTS = re.compile(rf"[^\W\d_{VOWELS}]{{5}}")
BETWEEN = re.compile(rf"(?<=[^\W\d_{VOWELS}])[34](?=[^\W\d_{VOWELS}])")
OUTER_NUMBER = re.compile(r"^\d{2,}|\d{2,}$")
CERTAIN, LIKELY, SHARE = 2, 3, 0.1  # such words, with those that are perhaps, and of all: then it is so throughout
LONGEST_WORD, LONGEST_TOKEN = 40, 200


def undone(text: str) -> str:
    """The text with letters for the digits and signs that stand for them."""
    if SIGN.search(text) is None:
        return text
    is_throughout = _is_throughout(text)
    return TOKEN.sub(lambda token: _token(token[0], is_throughout), text)


def _is_throughout(text: str) -> bool:
    tokens = TOKEN.findall(text)
    pieces = [piece for token in tokens if not _stays(token) for piece in PIECE.findall(token)]
    certain, likely = sum(map(_is_certain, pieces)), sum(map(_is_likely, pieces))
    return certain >= SHARE * len(tokens) and (certain >= CERTAIN or certain + likely >= LIKELY) and certain > 0


def _stays(token: str) -> bool:
    return len(token) > LONGEST_TOKEN or any(kind.search(token) is not None for kind in (STAYS, MAIL, HANDLE, ADDRESS))


def _token(token: str, is_throughout: bool) -> str:
    if SIGN.search(token) is None or _stays(token):
        return token
    return PIECE.sub(lambda piece: _piece(piece[0], is_throughout), token)


def _piece(piece: str, is_throughout: bool) -> str:
    is_certain = _is_certain(piece)
    if is_certain and OUTER_NUMBER.search(piece):  # "cas1no77" has a number behind it
        within = WITHIN if WITHIN.search(piece) else WITHIN_CYRILLIC
        return within.sub(lambda signs: _spelt(signs[0], piece), piece)
    if is_throughout and _is_possible(piece):
        return _spelt(piece)
    return _spelt(piece) if is_certain and not piece.isupper() else piece  # one word in capitals is a code rather


def _is_certain(piece: str) -> bool:
    """Whether digits within the piece are letters, whatever stands around it."""
    if len(piece) > LONGEST_WORD or not (WITHIN.search(piece) or WITHIN_CYRILLIC.search(piece)):
        return False
    letters = "".join(c for c in piece if c.isalpha())
    is_one_case = letters.islower() or letters.isupper() or letters[1:].islower()
    is_code = HEXADECIMAL.fullmatch(piece) or CHESS.fullmatch(piece)
    return is_one_case and 3 <= len(letters) > len(piece) - len(letters) and not is_code and _is_word(piece)


def _is_likely(piece: str) -> bool:
    """Whether a digit before a letter is one perhaps: "4nd", "y0u"."""
    return (
        BEFORE.search(piece) is not None and piece[1:].islower() and not CHESS.fullmatch(piece) and _is_possible(piece)
    )


def _is_possible(piece: str) -> bool:
    """Whether digits and signs are letters where the text is written like that throughout."""
    letters = sum(c.isalpha() for c in piece)
    return 0 < letters < len(piece) <= LONGEST_WORD and QUANTITY.fullmatch(piece) is None and _is_word(piece)


def _is_word(piece: str) -> bool:
    """Letters of one alphabet and digits like letters, which can be spoken."""
    if not (LATIN_WORD.fullmatch(piece) or CYRILLIC_WORD.fullmatch(piece)) or NUMBER.search(piece):
        return False
    spelt = _spelt(piece)
    return any(c in VOWELS for c in spelt) and CONSONANTS.search(spelt) is None


def _spelt(piece: str, of: str | None = None) -> str:
    """The piece in letters, of the alphabet of `of`, of which it may be a part."""
    whole = of or piece
    if next(islice((c for c in whole if c.isalpha()), 1), "a").isascii():
        spelt = piece.translate(LATIN)
    else:
        spelt = _in_cyrillic(piece)
    return spelt.upper() if whole.isupper() else spelt


def _in_cyrillic(piece: str) -> str:
    """A 4 between two consonants is an а, else a ч; a 3 there is an е, else a з."""
    return BETWEEN.sub(lambda digit: "а" if digit[0] == "4" else "е", piece).translate(CYRILLIC)
