"""What earns standing: words enough, nothing twice; and which standing follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from storage import earning
from storage.earning import MOST_NEEDED, Record
from storage.models import Standing

quick = settings(max_examples=50, deadline=None)
TEXTS = [f"some words number{'x' * n}" for n in range(60)]


def standing(clean: Sequence[str], needed: int = 5, is_doubted: bool = False, was_there: bool = False) -> Standing:
    return earning.standing(Record(clean, needed, is_doubted, was_there))


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("ok", 1),
        ("thank you!", 2),
        ("see you later", 3),
        ("don't  do\nthat", 3),
        ("+1 +1 +1", 0),
        ("👍 👍 👍", 0),
        ("так и есть", 3),
        ("नमस्ते दोस्तों", 2),
        ("안녕 하세요 여러분", 3),
        ("谢谢", 1),
        ("今天天气很好", 3),
        ("これはいいですね", 4),
        ("ขอบคุณ", 3),
        ("用 python 写的", 2),
    ],
)
def test_words_are_counted_as_their_script_writes_them(text: str, words: int) -> None:
    assert earning.words(text) == words


# Earning


def test_short_texts_earn_nothing() -> None:
    assert earning.count(["ok", "thank you", "👍👍👍", "谢谢"], 9) == 0


@pytest.mark.parametrize(
    "again", ["See you later", "see you, later!", "  see\tyou\nlater ", "SEE YOU LATER…", "ｓｅｅ you later"]
)
def test_a_repeat_earns_nothing_however_it_is_dressed(again: str) -> None:
    assert earning.count(["see you later", again], 9) == 1


@quick
@examples(texts=st.lists(st.text(max_size=30), max_size=20), at_most=st.integers(0, 10))
def test_no_more_is_earned_than_there_are_texts_or_than_is_asked(texts: list[str], at_most: int) -> None:
    earned = earning.count(texts, at_most)
    assert earned == min(at_most, earning.count(texts, len(texts)))
    assert earned <= len(texts)
    assert earning.count(texts + texts, at_most) == earned


# Standing


def test_standing_grows_with_what_is_earned() -> None:
    standings = [standing(TEXTS[:n]) for n in range(6)]
    assert standings == [Standing.NEWCOMER, *[Standing.SOME] * 4, Standing.GOOD]


def test_who_was_there_before_stays_so_until_good_standing() -> None:
    standings = [standing(TEXTS[:n], was_there=True) for n in range(6)]
    assert standings == [*[Standing.BEFORE] * 5, Standing.GOOD]


@pytest.mark.parametrize("was_there", [False, True])
def test_doubt_takes_whatever_was_earned(was_there: bool) -> None:
    assert standing(TEXTS, is_doubted=True, was_there=was_there) == Standing.NEWCOMER


def test_nobody_is_in_good_standing_for_nothing() -> None:
    assert standing([], needed=0) == Standing.NEWCOMER
    assert standing(TEXTS[:1], needed=0) == Standing.GOOD


def test_no_more_is_needed_than_is_looked_at() -> None:
    assert standing(TEXTS[: MOST_NEEDED - 1], needed=1_000) == Standing.SOME
    assert standing(TEXTS[:MOST_NEEDED], needed=1_000) == Standing.GOOD
