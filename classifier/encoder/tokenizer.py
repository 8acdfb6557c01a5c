"""Unigram tokenization (Kudo, 2018) by SentencePiece, from a model file that is built here of pieces and scores.

SentencePiece needs 36 MB for 250,000 pieces where other libraries take 295. Its model file is a protocol buffer with
four fields that matter, so it is written here rather than trained:
https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sentencepiece import SentencePieceProcessor

NORMAL, UNKNOWN, CONTROL = 1, 2, 3  # kinds of piece
UNIGRAM = 1
BYTES, FLOAT, VARINT = 2, 5, 0  # wire types


@dataclass(frozen=True)
class Specials:
    """The ids that no text can spell."""

    begin: int = 0
    padding: int = 1
    end: int = 2
    unknown: int = 3


@dataclass(frozen=True)
class Vocabulary:
    """A SentencePiece model, and replacements of characters before it where the model itself has none."""

    model: bytes
    specials: Specials = Specials()
    characters: dict[int, str] = field(default_factory=dict)


class UnigramTokenizer:
    """Texts to token ids."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Does not keep the model's bytes. Raises RuntimeError where they are no model."""
        self._processor = SentencePieceProcessor(model_proto=vocabulary.model)
        self._specials, self._characters = vocabulary.specials, vocabulary.characters

    def content(self, text: str) -> list[int]:
        """Token ids without the begin and end tokens."""
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
        ids: list[int] = self._processor.encode(" ".join(text.translate(self._characters).split()))
        return ids

    def framed(self, content: Sequence[int]) -> list[int]:
        """The content between the begin and the end token."""
        return [self._specials.begin, *content, self._specials.end]

    def require_room(self, rows: int) -> None:
        """Raises ValueError where there are more pieces than an embedding has rows, or a special one beyond it."""
        if (n := len(self)) > rows:
            raise ValueError(f"the tokenizer has {n} tokens, the network {rows}")
        if not all(0 <= i < rows for i in (self._specials.begin, self._specials.end, self._specials.unknown)):
            raise ValueError(f"its special tokens {self._specials} are none of the network's {rows}")

    def __len__(self) -> int:
        n: int = self._processor.get_piece_size()
        return n


def require_room(vocabulary: Vocabulary, rows: int) -> None:
    """Raises ValueError where the vocabulary has more pieces than an embedding has rows, RuntimeError where it is no model."""
    UnigramTokenizer(vocabulary).require_room(rows)


def model_of(pieces: Sequence[str], scores: Sequence[float], specials: Specials, charsmap: bytes = b"") -> bytes:
    """SentencePiece's model file of these pieces, whose ids are their indices. `charsmap` is its normaliser's own table."""
    controls = {specials.begin, specials.padding, specials.end}
    kinds = [CONTROL if i in controls else UNKNOWN if i == specials.unknown else NORMAL for i in range(len(pieces))]
    ids = {40: specials.unknown, 41: specials.begin, 42: specials.end, 43: specials.padding}
    trainer = _number(3, UNIGRAM) + b"".join(_number(key, value) for key, value in ids.items())
    name = b"nmt_nfkc" if charsmap else b"identity"
    one_space = _number(3, 1) + _number(4, 1) + _number(5, 1)  # a space in front, runs become one, shown as U+2581
    normaliser = _bytes(1, name) + _bytes(2, charsmap) + one_space
    listed = b"".join(_bytes(1, piece) for piece in _pieces(pieces, scores, kinds))
    return listed + _bytes(2, trainer) + _bytes(3, normaliser)


def _pieces(pieces: Sequence[str], scores: Sequence[float], kinds: Sequence[int]) -> Iterator[bytes]:
    for piece, score, kind in zip(pieces, scores, kinds, strict=True):
        yield _bytes(1, piece.encode()) + _key(2, FLOAT) + struct.pack("<f", score) + _number(3, kind)


def _bytes(number: int, content: bytes) -> bytes:
    return _key(number, BYTES) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _key(number, VARINT) + _varint(value)


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes([*encoded, value])
