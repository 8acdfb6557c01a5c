"""Tokenizers of the hub: the same ids as Hugging Face's own implementation, or a refusal."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from classifier.gpt.tokenizer import Tokenizer
from classifier.gpt.tokenizer_files import read_tokenizer
from tests.classifier import published

FAMILIES = ["gpt2", "llama", "qwen2"]
THEIRS = {family: published.TOKENIZERS[family]() for family in FAMILIES}
PIECES = [
    "win",
    " £1000",
    "12",
    "½",
    "'ll",
    "'LL",
    "don't",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "   x",
    "😀",
    "👨‍👩‍👧",
    "私は",
    "e\u0301",
    "é",
    "\u00a0",
    "\u200b",
    "<|endoftext|>",
    "<|im_start|>",
    "!!!",
    "_",
    "ſ",
    "\x00",
    "Ａ",
    " 7",
    "...\n\n",
    "\u3000",
]


def ours_of(theirs: tokenizers.Tokenizer, folder: Path) -> Tokenizer:
    folder.mkdir(parents=True, exist_ok=True)
    theirs.save(str(folder / "tokenizer.json"))
    return read_tokenizer(folder)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tokenizer]:
    return {family: ours_of(THEIRS[family], tmp_path_factory.mktemp(family)) for family in FAMILIES}


def expected(theirs: tokenizers.Tokenizer, text: str) -> list[int]:
    """Their ids where special tokens' spellings are ordinary text, as they are here."""
    theirs.encode_special_tokens = True
    return list(theirs.encode(text, add_special_tokens=False).ids)


@pytest.mark.parametrize("family", FAMILIES)
@given(text=st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_ids_equal_those_of_tokenizers(ours: dict[str, Tokenizer], family: str, text: str) -> None:
    assert ours[family].encode(text) == expected(THEIRS[family], text)


@pytest.mark.parametrize("family", FAMILIES)
def test_ids_equal_those_of_tokenizers_on_shuffled_words(ours: dict[str, Tokenizer], family: str) -> None:
    words, shuffler = " ".join(published.CORPUS[:3]).split(" "), random.Random(1)
    for _ in range(50):
        shuffler.shuffle(words)
        text = " ".join(words)
        assert ours[family].encode(text) == expected(THEIRS[family], text)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_the_same_after_saving_and_loading(ours: dict[str, Tokenizer], family: str, tmp_path: Path) -> None:
    ours[family].save(tmp_path / "tokenizer.json")
    assert Tokenizer.load(tmp_path / "tokenizer.json") == ours[family]


def test_a_file_saved_before_forms_has_none(ours: dict[str, Tokenizer], tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    ours["gpt2"].save(path)
    content = json.loads(path.read_text())
    del content["form"]
    path.write_text(json.dumps(content))
    assert Tokenizer.load(path) == ours["gpt2"]


def test_gpt2s_two_files_give_the_same(ours: dict[str, Tokenizer], tmp_path: Path) -> None:
    model = json.loads(THEIRS["gpt2"].to_str())["model"]
    special = {"<|endoftext|>": THEIRS["gpt2"].token_to_id("<|endoftext|>")}
    (tmp_path / "vocab.json").write_text(json.dumps(model["vocab"] | special))
    merges = "\n".join(merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"])
    (tmp_path / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
    assert read_tokenizer(tmp_path) == ours["gpt2"]


def swap_ids(content: dict[str, Any]) -> None:
    vocabulary = content["model"]["vocab"]
    one, other = [token for token, i in vocabulary.items() if i in (300, 301)]
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]


def drop_a_byte(content: dict[str, Any]) -> None:
    del content["model"]["vocab"]["~"]


def drop_a_merge(content: dict[str, Any]) -> None:
    content["model"]["merges"].pop()


def add_spaces(content: dict[str, Any]) -> None:
    content["model"]["vocab"]["▁win"] = 5_000


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda c: c["model"].update(type="WordPiece"), "is WordPiece, and only byte-level BPE"),
        (lambda c: c["model"].update(byte_fallback=True), "byte_fallback is True"),
        (lambda c: c["model"].update(dropout=0.1), r"dropout is 0\.1"),
        (lambda c: c["model"].update(end_of_word_suffix="</w>"), "end_of_word_suffix"),
        (lambda c: c.update(normalizer={"type": "Lowercase"}), "normalizer Lowercase is not known"),
        (lambda c: c.update(pre_tokenizer=None), r"pre-tokenizer \(none\)"),
        (lambda c: c.update(pre_tokenizer={"type": "Whitespace"}), r"pre-tokenizer \(Whitespace\)"),
        (lambda c: c["pre_tokenizer"].update(add_prefix_space=True), r"pre-tokenizer \(ByteLevel\)"),
        (lambda c: c["pre_tokenizer"].update(use_regex=False), r"pre-tokenizer \(ByteLevel\)"),
        (swap_ids, "ids are not in the order of its merges"),
        (drop_a_byte, "1 bytes have no token|is no bytes, or of no merge"),
        (drop_a_merge, "is not what its own merges make"),
        (add_spaces, "not byte-level BPE"),
    ],
)
def test_what_would_be_merged_otherwise_is_refused(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], reason: str
) -> None:
    content = json.loads(THEIRS["gpt2"].to_str())
    damage(content)
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match=reason):
        read_tokenizer(tmp_path)


def test_an_expression_that_drops_text_is_refused(tmp_path: Path) -> None:
    steps = [
        pre_tokenizers.Split(tokenizers.Regex(r"\p{L}+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
    with pytest.raises(ValueError, match="drops parts of a text"):
        ours_of(published.tokenizer(pre_tokenizers.Sequence(steps)), tmp_path)
