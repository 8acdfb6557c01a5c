"""What was read in a picture stands below the message's text once, and can be taken away again."""

from __future__ import annotations

import pytest

from storage import picture_words


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["  Cheap   coins ", "Cheap coins", "now"], "Cheap coins\nnow"),
        (["5", "  .,  ", "*"], ""),  # what is left of letters that the reader does not know
        ([], ""),
    ],
)
def test_lines_are_tidy_and_each_stands_once(lines: list[str], words: str) -> None:
    assert picture_words.of_lines(lines) == words


def test_much_is_cut() -> None:
    assert len(picture_words.of_lines([f"line {number}" for number in range(1_000)])) == picture_words.LONGEST


@pytest.mark.parametrize(
    ("text", "words", "below"),
    [
        ("hello", "cheap coins", "hello\ncheap coins"),
        ("", "cheap coins", "cheap coins"),
        ("Cheap coins!", "cheap\nCHEAP COINS", "Cheap coins!"),
        ("Cheap coins", "cheap coins\nhere", "Cheap coins\nhere"),
        ("hello", "", "hello"),
    ],
)
def test_what_the_text_has_already_is_not_doubled(text: str, words: str, below: str) -> None:
    added = picture_words.missing(text, words)
    assert picture_words.below(text, added) == below
    assert picture_words.without(below, added) == text


@pytest.mark.parametrize(("text", "added"), [("hello coins", "coins"), ("hello", "coins"), ("hello", "")])
def test_a_text_without_them_below_it_stays_as_it_is(text: str, added: str) -> None:
    assert picture_words.without(text, added) == text
