"""What the third manner reads besides: text turned round by marks, emoji for letters, digits and signs for letters."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.disguising import DISGUISES
from classifier.directions import upright
from classifier.reading import FOLDED, SPELT, read, words, worn


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202eeerf\u202c cash", "free cash"),
        ("\u202eeerf", "free"),
        ("\u202eeerf\nline two", "free\nline two"),  # a paragraph ends what was opened in it
        ("\u2068free\u2069 \u202acash\u202c", "free cash"),
        ("\u202e\u202axyz\u202c eerf\u202c", "free xyz"),  # an embedding within is shown in its own order
        ("\u2067\u202eeerf\u2069 cash", "free cash"),  # the end of an isolate ends what stands in it
        ("\u202e001\u202c $", "100 $"),
        ("\u202e(won) yub\u202c", "buy (now)"),  # brackets are mirrored
        ("\u202eשלום\u202c", "שלום"),  # its letters go that way by themselves
        ("\u202dםולש\u202c", "שלום"),
        ("\u202ee\u0301tuo\u202c", "oute\u0301"),  # an accent stays on its letter
        ("\u202c\u2069free", "free"),
    ],
)
def test_text_is_read_in_the_order_in_which_it_is_shown(written: str, shown: str) -> None:
    assert upright(written) == shown


@pytest.mark.parametrize(
    ("written", "plain", "names"),
    [
        ("b⭕nus e❌tra", "bonus extra", ["pictured"]),
        ("🅰️pply at 🅱️ank", "apply at bank", ["fancy", "pictured"]),
        ("🇫 🇷 🇪 🇪 cash", "FREE cash", ["pictured"]),
        ("тольк⭕ ра❌ р⭕б⭕та", "только ра❌ робота", ["pictured"]),
        ("fr33 c4sh, cl1ck h3re", "free cash, click here", ["leet"]),
        ("a b0nus for you", "a bonus for you", ["leet"]),
        ("7h3 b0nus 4nd y0ur c4sh 1n", "the bonus and your cash in", ["leet"]),
        ("FR33 C4SINO B0NUS", "FREE CASINO BONUS", ["leet"]),
        ("ca$h and p@ssword", "cash and password", ["leet"]),
        ("cas1no77", "casino77", ["leet"]),
        ("б0нус, зар4боток, р4бота", "бонус, заработок, работа", ["leet"]),
        ("\u202ehs4c\u202c b0nus", "cash bonus", ["turned", "leet"]),
    ],
)
def test_letters_are_read_for_what_stands_for_them(written: str, plain: str, names: list[str]) -> None:
    assert (words(written, SPELT), worn(written, SPELT)) == (plain, names)


@pytest.mark.parametrize(
    "text",
    [
        "100k at 5pm, 10kg for 3000 руб., US$100 or 5€ each",
        "+7 900 123-45-67, 8 (800) 555-35-35",
        "e2e4 e7e5 Nf3 Nc6 Qh4xe1 Rd1xd5 exd5 O-O Nbd7 e8=Q",
        "v1.2.3, 2.0b1, python3.11, utf8, mp3, sha256, x86_64, 0x1F, i18n, k8s, a11y",
        "RTX4090, GPT4o, iPhone15, iphone5s, M1Pro, S10Plus, Mi10T, i7-13700K, WH1000XM4",
        "ABX3KQ, KT5HQR, AB3CD-4EFGH, 1Z999AA10123456784, deadbe3f, 550e8400-e29b-41d4-a716-446655440000",
        "covid19, web3, b2b, 2fa, H2O, CO2, 4ever, 1st, 2nd, 3D",
        "ann@home.org, root@server, @us3rname, t.me/fr33m0ney, https://a1b.example/c0de, #t4g, $AAPL",
        "А123ВС77, Ту134Б, 10й, 5го, м2, т34",
        "❌Нет ❌No ⭕Доход, готово❌, ❌❌❌Stop, 🅿️ 🅰️ 🇺🇸🇩🇪",
        "main di alexis17 terus, slot88, dewa4d",
    ],
)
def test_prices_numbers_moves_codes_models_addresses_and_marks_stay(text: str) -> None:
    assert words(text, SPELT).split() == words(text, FOLDED).split()
    assert set(worn(text, SPELT)) == set(worn(text, FOLDED))


@pytest.mark.parametrize("text", ["\u202eeerf\u202c", "b⭕nus", "fr33 c4sh cl1ck", "🆓 cash"])
def test_a_version_of_the_second_manner_reads_as_it_always_did(text: str) -> None:
    assert read(text, FOLDED) != read(text, SPELT)
    assert worn(text, FOLDED) == []


SPAM = "Promotion bonus at online casino, apply today, extra deposit to your account"


@pytest.mark.parametrize("name", sorted(DISGUISES))
def test_most_words_are_read_through_every_disguise_that_is_measured(name: str) -> None:
    disguised = DISGUISES[name](SPAM, random.Random(1))
    plain, seen = set(words(SPAM, SPELT).lower().split()), set(words(disguised, SPELT).lower().split())
    assert len(plain & seen) >= 0.7 * len(plain), words(disguised, SPELT)


@pytest.mark.parametrize(
    "text", ["\u202e" * 200_000, "\u202ea\u2068" * 60_000, "🅰" * 200_000, "a❌" * 100_000, "a1a" * 66_000, "c4sh " * 40_000],
    ids=["overrides", "nested", "enclosed", "crosses", "one word", "leet"],
)  # fmt: skip
def test_two_hundred_thousand_characters_are_read_in_time(text: str) -> None:
    began = time.process_time()
    read(text, SPELT)
    assert time.process_time() - began < 10


TURNING = st.text(
    st.sampled_from("ab1שع\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n(\u0301\ufe0f🅰⭕❌🇫🆓43$@"),
    max_size=60,
)


@given(st.text(max_size=200) | TURNING)
def test_no_character_is_lost_but_marks_and_any_text_can_be_read(text: str) -> None:
    assert sorted(_bare(upright(text))) == sorted(_bare(text))
    assert isinstance(read(text, SPELT), str)


def _bare(text: str) -> str:
    """Without marks of direction; brackets may be mirrored."""
    return "".join(
        "(" if c in "()[]{}<>«»" else c
        for c in text
        if c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
