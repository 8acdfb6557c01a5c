"""What reads texts of members takes a time that grows with the text alone, not with its square.

Each has ten seconds of this process's own computing time, however busy the machine is, for what takes a fraction of
one where it is linear, and minutes to hours where it is not.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import pytest
import regex

import actions
import bot
import classifier
import jobs
import review
import storage
import telegram_ui
import worker
from bot import order_words
from classifier import directions, reading
from jobs import logs
from review.revealed import revealed
from storage import earning, fingerprints, names, near_duplicates, picture_words, scripts, usernames
from storage.moderation.policies import patterns

PACKAGES = (actions, bot, classifier, jobs, review, storage, telegram_ui, worker)
SECONDS, LONG, LONGER = 10.0, 60_000, 400_000
WORDS = "a a. a- a_ a+ a@ @a a/ 1 1. a1 12345: http://a. www. <think> аa . - @ \\ \\x0 中 🅐"
PARTS = (*WORDS.split(), " ", "\n", "1 ", "l e ", "🇫 ", "a\u200b", "a\u0301", "\u202ea", "\u202ea\u202c", "\u2066a")
OPTIONAL = "jobs.spans"  # needs packages that an installation may lack, and reads no text
WHOLE = {
    "actions.second_opinions.ANSWER",
    "storage.statements.FIRST_WORD",
    "bot.order_words.WORD",
    "review.language.WEIGHT",
}  # matched from the beginning on
# Asked about pieces of a text that are short already; `reading.read` below asks them.
OF_PIECES = {f"classifier.leet.{name}" for name in ("MAIL", "STAYS", "QUANTITY", "OUTER_NUMBER", "CHESS")}

READERS: dict[str, Callable[[str], object]] = {
    **{f"read in manner {manner}": partial(reading.read, manner=manner) for manner in reading.MANNERS},
    **{f"worn in manner {manner}": partial(reading.worn, manner=manner) for manner in reading.MANNERS[1:]},
    "upright": directions.upright,
    "script": scripts.of,
    "fingerprint": fingerprints.of,
    "near-duplicates": near_duplicates.normalised,
    "name": names.says_more,
    "username": usernames.spelled,
    "earning": lambda text: earning.count([text], 5),
    "lines of a picture": lambda text: picture_words.of_lines([text]),
    "words of rules": patterns.words_in,
    "addresses of rules": lambda text: list(patterns.addresses_in(text)),
    "links": lambda text: list(patterns.links_in(text)),
    "order": lambda text: order_words.word_of(f"/ban {text}", "hamlet_bot"),
    "order without its end": lambda text: order_words.word_of(f"/ban {text[:-1]}", "hamlet_bot"),
    "tokens in logs": lambda text: logs.TOKEN.sub("", text),
    "shown on the site": revealed,
}


class TookTooLong(Exception):
    """Computing took longer than what is linear does."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """At most so much computing time of this process."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def texts(length: int) -> Iterator[str]:
    for part in PARTS:
        yield part * (length // len(part)) + "!"


def patterns_of(packages: Any) -> dict[str, re.Pattern[Any] | regex.Pattern[Any]]:
    """Every compiled expression at the top of a module."""
    found = {}
    for package in packages:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and module.name != OPTIONAL:
                for name, value in vars(importlib.import_module(module.name)).items():
                    if isinstance(value, re.Pattern | regex.Pattern):
                        found[f"{module.name}.{name}"] = value
    return found


PATTERNS = patterns_of(PACKAGES)


def test_every_expression_is_found() -> None:
    assert {"storage.scripts.NO_WORDS", "classifier.leet.MAIL", "storage.moderation.policies.patterns.ADDRESS"} <= set(
        PATTERNS
    )
    assert set(PATTERNS) >= OF_PIECES | WHOLE


@pytest.mark.parametrize("name", sorted(PATTERNS.keys() - OF_PIECES))
def test_an_expression_searches_a_text_in_its_length(name: str) -> None:
    pattern = PATTERNS[name]
    with limited(SECONDS):
        for text in texts(LONGER):
            search = pattern.fullmatch if name in WHOLE else pattern.search
            search(text.encode() if isinstance(pattern.pattern, bytes) else text)


@pytest.mark.parametrize("name", READERS)
def test_a_text_is_read_in_its_length(name: str) -> None:
    with limited(SECONDS):
        for text in texts(LONG):
            READERS[name](text)


def test_marks_on_a_letter_that_is_turned_round_are_read_in_their_length() -> None:
    with limited(SECONDS):
        directions.upright("\u202ea" + "\u0301" * LONGER)


def test_what_is_not_linear_is_noticed() -> None:
    with pytest.raises(TookTooLong), limited(0.5):
        re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}").search("a" * LONG)
