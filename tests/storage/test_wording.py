"""Sentences whose values are apart."""

from __future__ import annotations

from storage.errors import EnforceTooSoon, TooManyRules, UnknownVerdict
from storage.wording import Wording

GERMAN = {"{n} messages; {how}": "{how}: {n} Nachrichten", "look at them": "ansehen"}


def test_a_sentence_in_english_has_its_values() -> None:
    assert str(Wording("{n} messages of {who!r}", n=12_345, who="{n}")) == "12,345 messages of '{n}'"


def test_a_sentence_and_the_sentences_in_it_are_looked_up() -> None:
    wording = Wording("{n} messages; {how}", n=12_345, how=Wording("look at them"))
    assert wording.spoken(lambda text: GERMAN[text], lambda n: f"{n:_}") == "ansehen: 12_345 Nachrichten"


def test_an_error_says_in_english_what_its_wording_says() -> None:
    for error in (EnforceTooSoon(3, 200), TooManyRules(20_000, 100), UnknownVerdict(7)):
        assert str(error) == str(error.wording)
    assert "at most 20,000 rules" in str(TooManyRules(20_000, 100))


def test_braces_in_a_reason_stay_as_they_are() -> None:
    assert str(UnknownVerdict(7)) == "there is no verdict 7"
    assert str(Wording("{reason}", reason="{a}{0}")) == "{a}{0}"
