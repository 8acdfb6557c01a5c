"""Who writes a season's messages: regulars, newcomers, and spammers under the numbers of three regulars."""

from __future__ import annotations

import random
from itertools import count

REGULARS = 25  # of each source
HAM_OF_REGULARS = 6 / 7  # the rest of it is by newcomers,
SPAM_OF_HIJACKED = 1 / 15  # and so is the rest of the spam
WRITES_AGAIN = 0.4  # of newcomers, once
FIRST_NEWCOMER = 10_000  # lower numbers are regulars'


def regulars(place: int) -> range:
    """The numbers of a source's regulars, by its place among the sources."""
    return range(100 * place + 1, 100 * place + 1 + REGULARS)


HIJACKED = random.Random("hijacked").sample(regulars(0), 3)  # of the first source: they have earned their standing


class Authors:
    """Draws who writes each message of one source, in the messages' order."""

    def __init__(self, source: str, place: int) -> None:
        self._rng = random.Random(f"authors of {source}")
        self._regulars = regulars(place)
        self._new = count(FIRST_NEWCOMER * (place + 1))
        self._writes_again: dict[bool, int] = {}  # a spammer, and somebody with ham

    def draw(self, is_spam: bool) -> int:
        """The author's number; a newcomer writes one message or two, both spam or both ham."""
        if self._rng.random() < (SPAM_OF_HIJACKED if is_spam else HAM_OF_REGULARS):
            return self._rng.choice(HIJACKED if is_spam else self._regulars)
        if (author := self._writes_again.pop(is_spam, None)) is not None:
            return author
        new = next(self._new)
        if self._rng.random() < WRITES_AGAIN:
            self._writes_again[is_spam] = new
        return new
