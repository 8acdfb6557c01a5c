"""A tokenizer without a token for some byte, as SmolLM2's is: tiktoken ends the process on such a byte, if it ever sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.gpt.tokenizer import Tokenizer
from classifier.spam import SpamClassifier
from tests import tiny

MISSING = (0x04, 0x13, 0x5D, 0xC0, 0xCC, 0xE1, 0xF1, 0xF2, 0xFF)
ALL = tiny.tokenizer()
LACKING = Tokenizer(
    ALL.pattern, {token: i for token, i in ALL.ranks.items() if token[0] not in MISSING}, ALL.special_tokens
)


@pytest.mark.parametrize("text", ["a\x04b", "\x13", "]", "\u0301", "ሀ", "\U00040000", "\U000bffff", "\u1fff"])
def test_a_character_without_token_is_read_as_the_replacement_character(text: str) -> None:
    read = LACKING.decode(LACKING.encode(text))
    assert "\ufffd" in read
    assert read.replace("\ufffd", "") == text.replace("\x04", "").strip("\x13]\u0301ሀ\U00040000\U000bffff\u1fff")


@given(st.text(max_size=40))
def test_any_text_is_encoded(text: str) -> None:
    kept = LACKING.decode(LACKING.encode(text))
    assert len(kept) == len(text)
    assert all(b == "\ufffd" or a == b for a, b in zip(text, kept, strict=True))


def test_what_has_tokens_is_read_as_it_always_was() -> None:
    text = "free cash \u20ac Ищем людей 私は 😀"
    assert LACKING.encode(text) == ALL.encode(text)


def test_a_text_of_such_characters_has_a_score() -> None:
    classifier = SpamClassifier(replace(tiny.checkpoint(), tokenizer=LACKING))
    assert all(0 <= score <= 1 for score in classifier.score(["a\x04b", "win \U00040000 now"]))


def test_a_tokenizer_that_lacks_what_every_text_may_have_is_refused() -> None:
    LACKING.require_usable(257)
    without = {token: i for token, i in ALL.ranks.items() if token != b"\x9f"}
    with pytest.raises(ValueError, match="no token for the byte 159"):
        Tokenizer(ALL.pattern, without, {}).require_usable(257)
