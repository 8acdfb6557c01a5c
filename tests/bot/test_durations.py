"""How long a ban or mute shall last, as moderators type it, and what stands behind the command."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import durations
from bot.durations import UnsuitableLength, Wrong
from bot.order_words import Word, word_of
from storage.models import OrderKind
from storage.rules import FOR_GOOD, Term

DAY = timedelta(days=1)
WEEK = Term(7 * DAY)


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("1m", timedelta(minutes=1)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("3D", 3 * DAY),
        ("2w", 14 * DAY),
        ("366d", 366 * DAY),
        ("2ч", timedelta(hours=2)),
        ("1Н", 7 * DAY),
    ],
)
def test_a_length_is_a_number_and_a_unit(typed: str, length: timedelta) -> None:
    assert durations.parse(typed) == length


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("2x", Wrong.UNIT),
        ("2", Wrong.UNIT),
        ("h", Wrong.UNIT),
        ("", Wrong.UNIT),
        ("2hours", Wrong.UNIT),
        ("-2h", Wrong.UNIT),
        ("1.5h", Wrong.UNIT),
        ("\u0662h", Wrong.UNIT),
        ("9999999d", Wrong.UNIT),
        ("0m", Wrong.TOO_SHORT),
        ("367d", Wrong.TOO_LONG),
        ("53w", Wrong.TOO_LONG),
        ("999999w", Wrong.TOO_LONG),
    ],
)
def test_what_is_no_length_is_refused_with_the_reason(typed: str, wrong: Wrong) -> None:
    with pytest.raises(UnsuitableLength) as refused:
        durations.parse(typed)
    assert (refused.value.typed, refused.value.wrong) == (typed, wrong)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/ban 7d", Word(OrderKind.BAN, True, term=WEEK)),
        ("ban 1w", Word(OrderKind.BAN, False, term=WEEK)),
        ("/ban", Word(OrderKind.BAN, True)),
        ("/mute", Word(OrderKind.MUTE, True)),
        ("/mute 2h", Word(OrderKind.MUTE, True, term=Term(timedelta(hours=2)))),
        ("/mute for good", Word(OrderKind.MUTE, True, term=FOR_GOOD)),
        ("/ban навсегда", Word(OrderKind.BAN_FOR_GOOD, True, term=FOR_GOOD)),
        ("/ban @eve", Word(OrderKind.BAN, True, person="@eve")),
        ("/ban @eve 7d", Word(OrderKind.BAN, True, term=WEEK, person="@eve")),
        ("/ban 7d 123456", Word(OrderKind.BAN, True, term=WEEK, person="123456")),
        ("/ban @eve for good", Word(OrderKind.BAN_FOR_GOOD, True, term=FOR_GOOD, person="@eve")),
        ("/ban @eve @max", Word(OrderKind.BAN, True, has_more=True)),
        ("/ban 7d for good", Word(OrderKind.BAN, True, has_more=True)),
        ("/ban that spammer", Word(OrderKind.BAN, True, has_more=True)),
        ("/warn @eve", Word(OrderKind.WARN, True, has_more=True)),
    ],
)
def test_what_stands_behind_a_command_is_a_length_a_member_or_both(text: str, word: Word) -> None:
    assert word_of(text, "hamlet_bot") == word


@pytest.mark.parametrize("text", ["/mute 2x", "/mute 5", "/ban 400d", "/mute @eve 2x"])
def test_a_wrong_length_is_kept_for_the_answer(text: str) -> None:
    word = word_of(text, "hamlet_bot")
    assert word is not None
    assert word.unsuitable is not None


@pytest.mark.parametrize("text", ["ban @eve", "ban 2x", "mute him", "ban me 7d if you can"])
def test_without_its_slash_a_word_with_others_is_talk(text: str) -> None:
    assert word_of(text, "hamlet_bot") is None
