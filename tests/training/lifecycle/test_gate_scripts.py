"""A script is no sign of spam."""

from __future__ import annotations

import pytest

from training.lifecycle import gate_scripts


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Продаю диван, 5000", "CYRILLIC"),
        ("who has VPN? у кого", "LATIN"),
        ("明天", "CJK"),
        ("100 🙂", ""),
        ("مرحبا", "ARABIC"),
    ],
)
def test_a_text_is_of_the_script_that_most_letters_are_of(text: str, script: str) -> None:
    assert gate_scripts.script_of(text) == script


def test_a_version_that_flags_everyday_sentences_of_a_script_is_suspected_of_it() -> None:
    suspected = gate_scripts.suspected(["CYRILLIC"] * 16 + ["LATIN"] * 20, [False] * 36, [True] * 13 + [False] * 23)
    assert suspected == {"CYRILLIC": (13, 16)}


def test_few_flags_say_nothing_of_a_script() -> None:
    assert gate_scripts.suspected(["CYRILLIC"] * 40, [False] * 40, [True] * 5 + [False] * 35) == {}


def test_what_the_champion_flags_as_well_is_not_held_against_a_challenger() -> None:
    flags = [True] * 10 + [False] * 10
    assert gate_scripts.suspected(["CYRILLIC"] * 20, flags, flags) == {}


def test_a_script_with_few_sentences_says_nothing() -> None:
    assert gate_scripts.suspected(["GEORGIAN"] * 5, None, [True] * 5) == {}


def test_a_version_that_flags_every_script_alike_suspects_none() -> None:
    """It knows a few words of a small seed set, say, and the rest of the gate decides about it."""
    assert gate_scripts.suspected(["CYRILLIC"] * 20 + ["LATIN"] * 20 + ["ARABIC"] * 20, None, [True] * 60) == {}
