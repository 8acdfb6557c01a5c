"""What earns an author standing, and what standing follows. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.models.words import Standing

WORDS_THAT_EARN = 3
MOST_NEEDED = 50  # clean messages, whatever a chat asks for: only so many of an author's texts are looked at
# Thai, Lao, Burmese, Khmer, kana, Han: written without spaces between words.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
LETTERS_A_WORD = 2  # of those scripts
LETTER = re.compile(r"[^\W\d_]")
BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Record:
    """What an author has behind them in one chat."""

    clean: Sequence[str]  # the newest of their texts that were judged or decided ham
    needed: int  # texts that earn, as the chat asks for good standing
    is_doubted: bool  # something of theirs stands as spam, or waits as clear spam for a decision
    was_there: bool  # before hamlet saw who joins


def standing(record: Record) -> Standing:
    """Good standing is earned; whoever was there before has a standing of their own until then; doubt takes either."""
    if record.is_doubted:
        return Standing.NEWCOMER
    enough = needed(record.needed)
    earned = count(record.clean, enough)
    if earned == enough:
        return Standing.GOOD
    if record.was_there:
        return Standing.BEFORE
    return Standing.SOME if earned else Standing.NEWCOMER


def needed(asked: int) -> int:
    """How many texts good standing takes in a chat that asks for so many: one at least, MOST_NEEDED at most."""
    return min(max(asked, 1), MOST_NEEDED)


def count(texts: Iterable[str], at_most: int) -> int:
    """How many of the texts earn, counted up to `at_most`: those of three words or more, and each only once."""
    earning: set[str] = set()
    for text in texts:
        if len(earning) == at_most:
            break
        if words(text) >= WORDS_THAT_EARN:
            earning.add(_bare(text))
    return len(earning)


def words(text: str) -> int:
    """Words that hold a letter; of a script that is written without spaces, two letters are one."""
    unspaced = len(UNSPACED.findall(text))
    spaced = UNSPACED.sub(" ", text) if unspaced else text
    return unspaced // LETTERS_A_WORD + sum(LETTER.search(word) is not None for word in spaced.split())


def _bare(text: str) -> str:
    """Without case, white space and punctuation: what two repeats share."""
    return BETWEEN_WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())
