"""Any text gets a score or a named reason."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import NothingToJudge, TextError, TextTooLong
from classifier.spam import SpamClassifier
from classifier.windows import MAX_CHARACTERS, MAX_TOKENS, MAX_WINDOWS, is_visible
from classifier.windows import STRIDE as REAL_STRIDE
from tests import tiny

CLASSIFIER = SpamClassifier(tiny.checkpoint())
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too
AWKWARD = [
    "",
    "\0",
    "\ud800",
    "\udfff\ud800x",
    "\u202eevil\u202c",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦🇪🇺",
    "e\u0301" * 20,
    "\ufeffa",
    "<|end|>",
]
INVISIBLE = [
    "",
    " ",
    "\t\r\n",
    "\0",
    "\u200b\u200d\ufeff",
    "\u2028\u2029",
    "\u00a0\u3000",
    "\u0301",
    "\u202e",
    "\u00ad",
]
WORDS = " ".join(random.Random(0).choices(["free", "cash", "tomorrow", "naïve", "私は"], k=30_000))[:100_000]
LONG = ["a" * 100_000, " " * 100_000, "x" + " " * 100_000, "😀" * 100_000, "1" * 100_000, "\n" * 99_999 + "!", WORDS]


def answer(text: str) -> float | TextError:
    return CLASSIFIER.try_score([text])[0]


def is_fine(outcome: float | TextError) -> bool:
    return isinstance(outcome, TextError) or 0.0 <= outcome <= 1.0


@given(ANY_TEXT)
@settings(max_examples=50, deadline=None)
def test_any_text_gets_a_score_or_a_reason(text: str) -> None:
    assert is_fine(answer(text))


@pytest.mark.parametrize("text", AWKWARD)
def test_an_awkward_text_gets_a_score_or_a_reason(text: str) -> None:
    assert is_fine(answer(text))


@pytest.mark.parametrize("text", LONG, ids=["letters", "spaces", "letter+spaces", "emoji", "digits", "lines", "words"])
def test_a_hundred_thousand_characters_are_answered_at_once(text: str) -> None:
    began = time.monotonic()
    assert is_fine(answer(text))
    assert time.monotonic() - began < 5


def test_the_longest_text_allowed_is_scored() -> None:
    assert isinstance(answer("a" * MAX_TOKENS), float)


@pytest.mark.parametrize("letter", ["ሀ", "𐌰", "💰"])
def test_telegrams_longest_text_with_its_longest_link_is_read_whole(letter: str) -> None:
    text = letter * 4_000 + "\nhttps://x.example/" + "%7a" * 3_000
    tokens = len(text.encode())  # of the costliest tokenizer, which has a token for each byte
    assert tokens <= MAX_TOKENS
    assert tokens / REAL_STRIDE < MAX_WINDOWS
    assert isinstance(answer(text), float)


def test_a_text_of_one_token_more_is_too_long() -> None:
    assert isinstance(answer("a" * (MAX_TOKENS + 1)), TextTooLong)


def test_a_text_of_too_many_characters_is_too_long() -> None:
    with pytest.raises(TextTooLong, match=f"{MAX_CHARACTERS:,}"):
        CLASSIFIER.score(["a" * (MAX_CHARACTERS + 1)])


@pytest.mark.parametrize("text", INVISIBLE)
def test_an_invisible_text_is_nothing_to_judge(text: str) -> None:
    assert not is_visible(text)
    assert isinstance(answer(text), NothingToJudge)


@pytest.mark.parametrize("text", ["a", ".", "私", "😀", "\u200ba", " ✓ ", "\u0301e"])
def test_one_visible_character_is_something_to_judge(text: str) -> None:
    assert is_visible(text)
