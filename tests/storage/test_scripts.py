"""Which script a text is in, and in which a chat writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import scripts

RUSSIAN, ENGLISH = "кто продаёт велосипед?", "who is selling a bike?"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (RUSSIAN, "CYRILLIC"),
        (ENGLISH, "LATIN"),
        ("купил iPhone 15 Pro вчера вечером", "CYRILLIC"),
        ("привет всем, смотрите https://example.com/some/long/path @somebody_long", "CYRILLIC"),
        ("𝗪𝗼𝗿𝗸 𝗳𝗿𝗼𝗺 𝗵𝗼𝗺𝗲 𝘁𝗼𝗱𝗮𝘆", "LATIN"),
        ("こんにちは、元気ですか。今日は", "CJK"),
        ("안녕하세요 여러분 반갑습니다", "HANGUL"),
        ("مرحبا بكم في المجموعة", "ARABIC"),
    ],
)
def test_a_text_is_in_the_script_of_most_letters(text: str, script: str) -> None:
    assert scripts.of(text) == script


@pytest.mark.parametrize(
    "text", ["", "ok", "Иван", "👍👍👍 777 +100500", "https://example.com/a/long/address", "iPhone привет", "\ud800"]
)
def test_few_letters_and_an_even_mixture_have_none(text: str) -> None:
    assert scripts.of(text) is None


def test_words_of_mixed_letters_are_no_sign_of_either() -> None:
    assert scripts.of("frее mоnеy tоdаy fоr yоu") is None, "each word but one has Cyrillic letters in it"
    assert scripts.of("who is selling а bike tоday") == "LATIN"


@given(st.text())
def test_any_text_has_a_known_script_or_none(text: str) -> None:
    assert scripts.of(text) in {None, *scripts.KNOWN}


def test_a_chat_uses_the_scripts_of_more_than_a_few_of_its_texts() -> None:
    assert scripts.used([ENGLISH] * 199) is None
    assert scripts.used([*([ENGLISH] * 199), "ok"]) is None, "this one has no script"
    assert scripts.used([*([ENGLISH] * 198), RUSSIAN, RUSSIAN]) == {"LATIN"}
    assert scripts.used([*([ENGLISH] * 196), *([RUSSIAN] * 4)]) == {"LATIN", "CYRILLIC"}
