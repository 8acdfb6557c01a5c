"""A fingerprint survives what spammers change between copies, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import fingerprints

SPAM = "Earn 500 a day from home, write to @boss_ann or t.me/boss_ann"
RUSSIAN = "Заработок от 5000 рублей в день, пиши @boss_ann"
CHANGES = [
    "EARN 700 A DAY from home, WRITE to @boss_ann or t.me/boss_ann",
    "earn a day... from home!!! write to @another_one or http://example.com/x?y=1",
    "🔥 Earn 500 a day 🔥 from home 👉 write to sam@mail.example or earn.example.net",
    "Eаrn 500 а dаy frоm hоmе, write to @boss_ann or t.me/boss_ann",  # six Cyrillic letters
    "𝐄𝐚𝐫𝐧 500 a day from home, write to @boss_ann or t.me/boss_ann",
    "E a r n 500 a d a y from h-o-m-e, wr\u200bite to @boss_ann or t.me/boss_ann",
    "Eárn 500 ä day from hôme, write to @boss_ann or t.me/boss_ann",
]


@pytest.mark.parametrize("copy", CHANGES)
def test_what_changes_from_copy_to_copy_does_not_count(copy: str) -> None:
    assert fingerprints.of(copy) == fingerprints.of(SPAM) is not None


def test_neither_do_latin_letters_in_russian() -> None:
    assert fingerprints.of("ЗAPAБOTOK от 9000 рублей — в день! пиши @other") == fingerprints.of(RUSSIAN) is not None


@pytest.mark.parametrize(
    "other", [RUSSIAN, "Learn 500 a day from home, write to @boss_ann", "Earn 500 a day from here"]
)
def test_another_word_does(other: str) -> None:
    assert fingerprints.of(other) not in (None, fingerprints.of(SPAM))


def test_a_sentence_goes_on_after_a_dot_without_a_space() -> None:
    assert fingerprints.of("It is your money.Take it today") == fingerprints.of("It is your money. Take it today")


@pytest.mark.parametrize(
    "text", ["", "+1 +1 +1", "good morning", "ok, ok, ok!!", "see https://example.com/a-long-address"]
)
def test_a_text_of_few_letters_has_none(text: str) -> None:
    assert fingerprints.of(text) is None


@given(st.text(st.characters(), max_size=200))
def test_any_text_has_one_that_fits_a_column_or_none(text: str) -> None:
    number = fingerprints.of(text)
    assert number is None or -(2**63) <= number < 2**63
