"""Byte-pair encodings built from local files; tiktoken does the merging and nothing is downloaded."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

import tiktoken

# GPT-2's pattern with single digits, as SmolLM2 was trained: the first of the two white-space branches keeps a run of
# white space before a digit whole.
SMOLLM_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+"
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Tokenizer:
    """A pattern that cuts the text, ranks that merge its bytes, and the special tokens that no text can spell.

    `form` is the Unicode form that a text is normalised to first (NFC for Qwen2), or empty.
    """

    pattern: str
    ranks: dict[bytes, int]
    special_tokens: dict[str, int]
    form: str = ""

    @cached_property
    def encoding(self) -> tiktoken.Encoding:
        """tiktoken's encoding, built once."""
        return tiktoken.Encoding(
            "hamlet", pat_str=self.pattern, mergeable_ranks=self.ranks, special_tokens=self.special_tokens
        )

    def require_usable(self, size: int) -> None:
        """Raises ValueError where some text could not be encoded, or a token is numbered beyond `size`: tiktoken would not say so."""
        ids = [*self.ranks.values(), *self.special_tokens.values()]
        if len(set(ids)) < len(ids) or not all(0 <= i < size for i in ids):
            raise ValueError(f"its tokens are not numbered each for itself and below {size}")
        if missing := [byte for byte in (*range(0x80, 0xC0), *REPLACEMENT.encode()) if bytes([byte]) not in self.ranks]:
            raise ValueError(f"its tokenizer has no token for the byte {missing[0]}")
        self.encode("a")  # its pattern compiles, its form is one of Unicode's

    def encode(self, text: str) -> list[int]:
        """Token ids of any text; a special token's spelling inside it is ordinary text."""
        return self.encoding.encode_ordinary(self.normal(text))

    def pieces(self, text: str) -> list[bytes]:
        """The bytes of each token of the text."""
        return self.encoding.decode_tokens_bytes(self.encode(text))

    def normal(self, text: str) -> str:
        """The text in the Unicode form that it is encoded in, with the replacement character for what has no token."""
        form = cast(Literal["NFC", "NFD", "NFKC", "NFKD"], self.form)
        text = unicodedata.normalize(form, text) if form else text
        return self._without_token.sub(REPLACEMENT, text) if self._without_token else text

    @cached_property
    def _without_token(self) -> re.Pattern[str] | None:
        """The characters that begin with a byte for which there is no token, on which tiktoken ends the process: SmolLM2 has some."""
        missing = [byte for byte in range(256) if bytes([byte]) not in self.ranks]
        ranges = [
            f"{re.escape(chr(first))}-{re.escape(chr(last))}"
            for first, last in map(_beginning_with, missing)
            if first <= last
        ]
        return re.compile(f"[{''.join(ranges)}]") if ranges else None

    def decode(self, ids: list[int]) -> str:
        """The text of these token ids."""
        return self.encoding.decode(ids)

    def save(self, path: Path) -> None:
        """Write one JSON file; ranks are pairs of a base64 token and its rank, in rank order."""
        ranks = [[base64.b64encode(token).decode(), rank] for token, rank in self.ranks.items()]
        content = {"pattern": self.pattern, "special_tokens": self.special_tokens, "form": self.form, "ranks": ranks}
        path.write_text(json.dumps(content))

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Read what `save` wrote. Raises OSError, ValueError or KeyError on anything else."""
        content = json.loads(path.read_text())
        ranks = {base64.b64decode(token): int(rank) for token, rank in content["ranks"]}
        special = {str(k): int(v) for k, v in content["special_tokens"].items()}
        return cls(str(content["pattern"]), ranks, special, str(content.get("form", "")))


def _beginning_with(byte: int) -> tuple[int, int]:
    """The first and the last character whose UTF-8 begins with that byte; the first lies behind the last where there is none."""
    if byte < 0x80:
        return byte, byte
    if 0xC2 <= byte < 0xE0:
        return (byte & 0x1F) << 6, ((byte & 0x1F) << 6) + 0x3F
    if 0xE0 <= byte < 0xF0:
        return max((byte & 0xF) << 12, 0x800), ((byte & 0xF) << 12) + 0xFFF
    if 0xF0 <= byte < 0xF5:
        return max((byte & 7) << 18, 0x10000), min(((byte & 7) << 18) + 0x3FFFF, 0x10FFFF)
    return 1, 0


def bytes_of_token(token: str) -> bytes:
    """The bytes that a token spelt in GPT-2's printable alphabet stands for."""
    return bytes(_BYTE_OF_CHARACTER[character] for character in token)


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table: printable bytes stand for themselves, the others for code points from 256 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


_BYTE_OF_CHARACTER = _byte_of_character()
