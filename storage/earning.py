"""Which texts earn an author standing, and which standing follows. Pure."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.models.words import Standing

WORDS_THAT_EARN = 3
MOST_NEEDED = 50  # clean messages, whatever a chat asks for, as no more of an author's texts are read
# Thai, Lao, Burmese, Khmer, kana, Han: written without spaces between words.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
LETTERS_A_WORD = 2  # in those scripts
LETTER = re.compile(r"[^\W\d_]")
BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Record:
    """An author's history in one chat."""

    clean: Sequence[str]  # the newest texts judged or decided ham
    needed: int  # how many earning texts the chat asks for
    is_doubted: bool  # a message counts as spam, or is clear spam that waits for a decision
    was_there: bool  # joined before hamlet could see it


def standing(record: Record) -> Standing:
    """The standing that follows: earned, that of members from before, or a newcomer's where something is in doubt."""
    if record.is_doubted:
        return Standing.NEWCOMER
    enough = needed(record.needed)
    earned = count(record.clean, enough)
    if earned == enough:
        return Standing.GOOD
    if record.was_there:
        return Standing.BEFORE
    return Standing.SOME if earned else Standing.NEWCOMER


def needed(standing_after: int) -> int:
    """How many texts good standing takes in a chat that asks for `standing_after`: between 1 and MOST_NEEDED."""
    return min(max(standing_after, 1), MOST_NEEDED)


def count(texts: Iterable[str], at_most: int) -> int:
    """How many of the texts earn, up to `at_most`: those of three words or more, repeats counted once."""
    earning: set[str] = set()
    for text in texts:
        if len(earning) == at_most:
            break
        if words(text, WORDS_THAT_EARN) == WORDS_THAT_EARN:
            earning.add(_bare(text))
    return len(earning)


def words(text: str, at_most: int = sys.maxsize) -> int:
    """The number of words that hold a letter, up to `at_most`; in scripts without spaces, two letters count as one word."""
    unspaced = () if text.isascii() else UNSPACED.findall(text)
    counted, spaced = len(unspaced) // LETTERS_A_WORD, UNSPACED.sub(" ", text) if unspaced else text
    for word in spaced.split():
        if counted >= at_most:
            break
        counted += word.isalpha() or LETTER.search(word) is not None
    return min(counted, at_most)


def _bare(text: str) -> str:
    """The text without case, white space and punctuation, the same for all its repeats."""
    return BETWEEN_WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())
