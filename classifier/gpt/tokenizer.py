"""Byte-pair encodings built from local files; tiktoken does the merging and nothing is downloaded."""

from __future__ import annotations

import base64
import json
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

import tiktoken

# GPT-2's pattern with single digits, as SmolLM2 was trained: the first of the two white-space branches keeps a run of
# white space before a digit whole.
SMOLLM_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+"
NEVER_IN_UTF_8 = (0xC0, 0xC1, *range(0xF5, 0x100))


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
        if missing := [byte for byte in range(256) if bytes([byte]) not in self.ranks and byte not in NEVER_IN_UTF_8]:
            raise ValueError(f"its tokenizer has no token for the byte {missing[0]}")
        self.encode("a")  # its pattern compiles, its form is one of Unicode's

    def encode(self, text: str) -> list[int]:
        """Token ids of any text; a special token's spelling inside it is ordinary text."""
        return self.encoding.encode_ordinary(self.normal(text))

    def pieces(self, text: str) -> list[bytes]:
        """The bytes of each token of the text."""
        return self.encoding.decode_tokens_bytes(self.encode(text))

    def normal(self, text: str) -> str:
        """The text in the Unicode form that it is encoded in."""
        form = cast(Literal["NFC", "NFD", "NFKC", "NFKD"], self.form)
        return unicodedata.normalize(form, text) if form else text

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


def bytes_of_token(token: str) -> bytes:
    """The bytes that a token spelt in GPT-2's printable alphabet stands for."""
    return bytes(_BYTE_OF_CHARACTER[character] for character in token)


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table: printable bytes stand for themselves, the others for code points from 256 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


_BYTE_OF_CHARACTER = _byte_of_character()
