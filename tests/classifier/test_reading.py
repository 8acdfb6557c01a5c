"""What the n-grams read: disguises taken off and named, addresses and numbers folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.disguise import disguises, revealed
from classifier.reading import FOLDED, SIGNS, UNDISGUISED, read, spelt

PLAIN = [
    "Who is selling their bike? 100 euro cash", "Продаю диван, самовывоз, 5000 руб.", "Хто їде завтра до Львова?",
    "¿Quién viene mañana a la reunión?", "Bạn nào có vé thừa không?", "मुझे कल का होमवर्क भेज दो", "明天几点开会？",
    "ありがとう、助かりました", "내일 몇 시에 만나?", "كم سعر الإيجار هنا؟", "کی فردا میاد؟", "Wer hat den Schlüssel?",
    "Ертең сабақ бола ма?", "Ertaga dars bormi?", "kto ma klucz do piwnicy?", "qui vient ce soir ?", "a che ora?",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_wears_no_disguise_and_stays_what_it_is(text: str) -> None:
    assert disguises(text) == []
    assert revealed(text).casefold().replace("?", "？") == text.casefold().replace("?", "？")


@pytest.mark.parametrize(
    ("disguised", "plain", "names"),
    [
        ("Ищeм людeй нa удалёнку", "Ищем людей на удалёнку", ["mixed"]),  # Latin letters among Cyrillic ones
        ("frее рrizе inside", "free prize inside", ["mixed"]),  # Cyrillic letters among Latin ones
        ("COBЕТ для BAС", "СОВЕТ для ВАС", ["mixed"]),  # a word that could be either, in a Russian sentence
        ("w\u200bi\u200bn now", "win now", ["invisible"]),
        ("𝓟𝓤𝓛𝓐𝓤777 top", "PULAU777 top", ["fancy"]),
        ("J o b s here", "Jobs here", ["spaced"]),
        ("P͓̽U͓̽L͓̽A͓̽U͓̽ ok", "PULAU ok", ["marked"]),
    ],
)
def test_a_disguise_is_taken_off_and_named(disguised: str, plain: str, names: list[str]) -> None:
    assert (revealed(disguised), disguises(disguised)) == (plain, names)


@pytest.mark.parametrize("text", ["VPN и Wi-Fi за 100", "кофе из Starbucks", "python3 и SQL, COVID", "A B C"])
def test_words_of_two_scripts_side_by_side_are_no_disguise(text: str) -> None:
    assert disguises(text) == []
    assert revealed(text) == text


def test_addresses_handles_and_digits_are_folded() -> None:
    assert (
        spelt(read("See shop-17.xyz/a?b=1 or @some_name at 12:30", FOLDED)) == "see  ⟨address⟩  or  ⟨handle⟩  at 00:00"
    )


def test_two_invented_addresses_are_read_alike() -> None:
    assert read("claim at airdrop-luna.app", FOLDED) == read("claim at gift-terra.club", FOLDED)


def test_a_name_with_a_number_behind_it_is_told() -> None:
    assert read("main di alexis17 terus", FOLDED).endswith(SIGNS["name and number"])
    assert SIGNS["name and number"] not in read("at 5pm, 100kg", FOLDED)


def test_the_first_manner_reads_as_it_always_did() -> None:
    assert read("WIN сash 17 at a.com", UNDISGUISED) == "win cash 17 at a.com"


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read(text, FOLDED), str)
