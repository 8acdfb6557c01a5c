"""Byte-pair encoding: nothing is lost, and no text can spell a special token."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.gpt.tokenizer import SMOLLM_PATTERN, Tokenizer, bytes_of_token
from tests import tiny

BYTES = {bytes([i]): i for i in range(256)}
MERGED = ("  ", "   ", "12", " 1", " a", "an", "'s", " \n", "!!")


def merging() -> Tokenizer:
    """Every byte and a few merges, so that where the pattern cuts can be seen."""
    return Tokenizer(
        SMOLLM_PATTERN, BYTES | {word.encode(): 256 + i for i, word in enumerate(MERGED)}, {"<|end|>": 999}
    )


def pieces(text: str) -> list[str]:
    tokenizer = merging()
    return [tokenizer.decode([i]) for i in tokenizer.encode(text)]


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_whole(text: str) -> None:
    tokenizer = merging()
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_lone_surrogate_is_encoded_as_the_replacement_character() -> None:
    tokenizer = merging()
    assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a\ufffdb"


def test_a_saved_tokenizer_is_loaded_as_it_was(tmp_path: Path) -> None:
    merging().save(tmp_path / "tokenizer.json")
    assert Tokenizer.load(tmp_path / "tokenizer.json") == merging()


@pytest.mark.parametrize("content", ["", "not JSON", "{}", '{"ranks": []}', '{"ranks": [["?", 0]], "pattern": ""}'])
def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises((ValueError, KeyError)):
        Tokenizer.load(tmp_path / "tokenizer.json")


def test_the_spelling_of_a_special_token_is_ordinary_text() -> None:
    tokenizer = tiny.tokenizer()
    assert tokenizer.encode("<|end|>") == list(b"<|end|>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", ["1", "2"]),
        ("a12", ["a", "1", "2"]),
        (" 1", [" ", "1"]),
        ("   1", ["   ", "1"]),
        ("an  an", ["an", " ", " a", "n"]),
        ("an   ", ["an", "   "]),
        ("an's", ["an", "'s"]),
        ("an!!an", ["an", "!!", "an"]),
    ],
)
def test_the_pattern_cuts_digits_one_by_one_and_keeps_white_space_before_them_whole(
    text: str, expected: list[str]
) -> None:
    assert pieces(text) == expected


@given(st.binary())
@settings(max_examples=50, deadline=None)
def test_gpt2s_alphabet_spells_every_string_of_bytes(content: bytes) -> None:
    character_of = {bytes_of_token(chr(code)): chr(code) for code in gpt2_code_points()}
    assert bytes_of_token("".join(character_of[bytes([byte])] for byte in content)) == content


def gpt2_code_points() -> list[int]:
    """The 256 characters of GPT-2's alphabet: Latin-1's printable ones, then as many from 256 on as are missing."""
    return [*range(33, 127), *range(161, 173), *range(174, 256), *range(256, 256 + 68)]


def test_a_space_is_spelt_as_gpt2_spells_it() -> None:
    assert bytes_of_token("Ġthe") == b" the"


def test_a_character_outside_gpt2s_alphabet_is_refused() -> None:
    with pytest.raises(KeyError):
        bytes_of_token("私")
