"""What the n-grams read: disguises taken off and named, addresses and numbers folded."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.disguise import disguises, revealed
from classifier.reading import FOLDED, SIGNS, UNDISGUISED, read, spelt

PLAIN = [
    "Who is selling their bike? 100 euro cash",
    "Продаю диван, самовывоз, 5000 руб.",
    "Хто їде завтра до Львова?",
    "¿Quién viene mañana a la reunión?",
    "Bạn nào có vé thừa không?",
    "मुझे कल का होमवर्क भेज दो",
    "明天几点开会？",
    "ありがとう、助かりました",
    "내일 몇 시에 만나?",
    "كم سعر الإيجار هنا؟",
    "کی فردا میاد؟",
    "Wer hat den Schlüssel?",
    "Ертең сабақ бола ма?",
    "Ertaga dars bormi?",
    "kto ma klucz do piwnicy?",
    "qui vient ce soir ?",
    "a che ora?",
]


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


@pytest.mark.parametrize(
    "text",
    [
        "今天，吃什么？①②③",
        "می‌خواهم بروم",
        "👩‍👩‍👧‍👦 we",
        "обʼєкт",
        "oʻzbekcha gaplashamiz",
        "ışık kız için",
        "и т.д. и т.п.",
        "8.8.8.8",
        "x\u200f יום טוב",
        "H₂O",
        "naïve café",
        "Straße",
        "þetta það",
        "i.e. a b",
        "\ufeffhello",
    ],
)
def test_what_is_ordinary_in_some_language_is_no_disguise(text: str) -> None:
    assert disguises(text) == []
    assert revealed(text).casefold() == "".join(
        c for c in unicodedata.normalize("NFKC", text).casefold() if unicodedata.category(c) != "Cf"
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("п р о д а м  г а р а ж", "продам  гараж"),  # two words, as their distance tells
        ("w-i-n-n-e-r today", "winner today"),
        ("𝗙𝗿𝗲𝗲 Ⓒⓐⓢⓗ", "Free Cash"),
        ("Зaрaбoтaй нa cтавкaх", "Заработай на ставках"),
        ("Ρlay ρoker", "Play poker"),  # Greek among Latin
        ("παiχνiδι", "παιχνιδι"),  # Latin among Greek
    ],
)
def test_what_was_disguised_reads_as_what_a_reader_sees(written: str, read_as: str) -> None:
    assert revealed(written) == read_as
    assert disguises(written)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 200_000,
        "a_ " * 66_000,
        "a " * 100_000,
        "a.b." * 50_000,
        "@a" * 100_000,
        "сa" * 100_000,
        "a\u0301\u0302" * 66_000,
    ],
    ids=["dashes", "underscores", "spaced", "dots", "handles", "mixed", "marked"],
)
def test_two_hundred_thousand_characters_are_read_in_time(text: str) -> None:
    began = time.process_time()
    read(text, FOLDED)
    assert time.process_time() - began < 5


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read(text, FOLDED), str)
