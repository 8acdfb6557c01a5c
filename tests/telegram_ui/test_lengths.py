"""Text counted as Telegram counts it."""

from __future__ import annotations

import pytest

from telegram_ui.lengths import shortened, spoiler, utf16_length


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("💰", 2), ("\ud800", 1)])
def test_an_emoji_counts_twice_and_half_of_one_once(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(("longest", "text"), [(6, "💰💰💰"), (5, "💰💰…"), (4, "💰…"), (1, "…")])
def test_a_text_is_shortened_between_its_letters(longest: int, text: str) -> None:
    assert shortened("💰💰💰", longest) == text


def test_a_spoiler_covers_what_stands_behind_the_head() -> None:
    entity = spoiler("💰 ", "free 💰")
    assert (entity.type, entity.offset, entity.length) == ("spoiler", 3, 7)
