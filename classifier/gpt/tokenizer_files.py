"""Tokenizers as the Hugging Face hub publishes them: tokenizer.json, or GPT-2's vocab.json and merges.txt.

Only byte-level BPE is read, and only where tiktoken, which merges the pair with the lowest token id first, is sure to do
what the published merges do: ids rise with the merges, every longer token is the result of one merge, and each token's
own bytes merge into that token. Anything else raises ValueError with a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from classifier.gpt.tokenizer import SMOLLM_PATTERN, Tokenizer, bytes_of_token

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
GPT2_SPECIAL = "<|endoftext|>"
PROBE = "It's 1234.5 naïve  tests:\r\n\n\t私は 😀!!  _x_ ½ ＡＢ\u00a0e\u0301 'LL <|end|>  "

Merge = tuple[str, str]


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in a downloaded folder. Raises OSError, ValueError or KeyError."""
    if not (published := folder / "tokenizer.json").is_file():
        return _gpt2(folder)
    content = json.loads(published.read_text(encoding="utf-8"))
    model = content["model"]
    _require_plain(model)
    added = {token["content"]: int(token["id"]) for token in content.get("added_tokens") or []}
    vocabulary = {token: int(i) for token, i in model["vocab"].items() if token not in added}
    merges = [_merge(merge) for merge in model["merges"]]
    pattern, form = _pattern(content.get("pre_tokenizer")), _form(content.get("normalizer"))
    return _checked(Tokenizer(pattern, _ranks(vocabulary, merges), added, form))


def _gpt2(folder: Path) -> Tokenizer:
    """The first publication's two files, one merge a line."""
    vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    lines = (folder / "merges.txt").read_text(encoding="utf-8").split("\n")
    merges = [_merge(line) for line in lines if line and not line.startswith("#version")]
    special = {GPT2_SPECIAL: vocabulary.pop(GPT2_SPECIAL)}
    return _checked(Tokenizer(GPT2_PATTERN, _ranks(vocabulary, merges), special))


def _merge(written: str | Sequence[str]) -> Merge:
    left, right = written.split(" ") if isinstance(written, str) else written
    return left, right


def _require_plain(model: dict[str, Any]) -> None:
    """Refuse options that change how BPE merges."""
    if model.get("type", "BPE") != "BPE":
        raise ValueError(f"its tokenizer is {model['type']}, and only byte-level BPE is read")
    for option in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"):
        if model.get(option):
            raise ValueError(f"its tokenizer is not byte-level BPE ({option} is {model[option]!r})")


def _form(normalizer: dict[str, Any] | None) -> str:
    """The Unicode form that texts are normalised to first, or an empty string."""
    if normalizer is None:
        return ""
    if (kind := normalizer["type"]) in ("NFC", "NFD", "NFKC", "NFKD"):
        return str(kind)
    if kind == "Sequence" and len(normalizer["normalizers"]) < 2:
        return _form(next(iter(normalizer["normalizers"]), None))
    raise ValueError(f"its tokenizer's normalizer {kind} is not known")


def _pattern(pre_tokenizer: dict[str, Any] | None) -> str:
    """The expression that cuts a text: GPT-2's, GPT-2's with single digits, or the one the file states."""
    steps = (pre_tokenizer or {}).get("pretokenizers", [pre_tokenizer])
    match steps:
        case [{"type": "ByteLevel", "add_prefix_space": False} as last] if last.get("use_regex", True):
            return GPT2_PATTERN
        case [
            {"type": "Digits", "individual_digits": True},
            {"type": "ByteLevel", "add_prefix_space": False} as last,
        ] if last.get("use_regex", True):
            return SMOLLM_PATTERN
        case [
            {"type": "Split", "pattern": {"Regex": str(stated)}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False},
        ]:
            return stated
    kinds = ", ".join(step["type"] for step in steps if step) or "none"
    raise ValueError(f"its pre-tokenizer ({kinds}) cuts texts in a way that is not known here")


def _ranks(vocabulary: dict[str, int], merges: Sequence[Merge]) -> dict[bytes, int]:
    """Bytes to ids, after checking that merging by id is merging in the published order. Raises ValueError."""
    try:
        ranks = {bytes_of_token(token): i for token, i in sorted(vocabulary.items(), key=lambda pair: pair[1])}
        results = [vocabulary[left + right] for left, right in merges]
    except KeyError as error:
        raise ValueError(
            f"its tokenizer is not byte-level BPE (the token {error} is no bytes, or of no merge)"
        ) from None
    if missing := 256 - sum(len(token) == 1 for token in ranks):
        raise ValueError(f"its tokenizer is not byte-level BPE ({missing} bytes have no token)")
    if any(before >= after for before, after in pairwise(results)):
        raise ValueError("its tokenizer's ids are not in the order of its merges")
    order = {merge: i for i, merge in enumerate(merges)}
    merged = set(results)
    for token, i in vocabulary.items():
        if len(token) > 1 and (i not in merged or _merged(token, order) != [token]):
            raise ValueError(f"its tokenizer's token {token!r} is not what its own merges make")
    return ranks


def _merged(token: str, order: dict[Merge, int]) -> list[str]:
    """Plain BPE: the earliest merge among the neighbours, the leftmost first, until none is left."""
    parts = list(token)
    while len(parts) > 1:
        rank, at = min((order.get(pair, len(order)), i) for i, pair in enumerate(pairwise(parts)))
        if rank == len(order):
            break
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


def _checked(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer itself, if its pattern compiles and loses nothing of a text with everything in it. Raises ValueError."""
    if tokenizer.decode(tokenizer.encode(PROBE)) != tokenizer.normal(PROBE):
        raise ValueError("its pre-tokenizer's expression drops parts of a text")
    return tokenizer
