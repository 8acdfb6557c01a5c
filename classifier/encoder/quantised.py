"""Quantised weights: integers of 8 or 4 bits in blocks of 32, each block with a scale (GGUF's Q8_0 and Q4_0).

A vocabulary of 250,000 rows takes 54 MB of disk in 4 bits and stays mapped: only the rows that are looked up are read.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

BLOCK = 32  # weights that share a scale
HALF = BLOCK // 2
ZERO = 8  # the code of 0 in 4 bits, which have no sign
CODES, SCALES = ".codes", ".scales"


def quantised(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, width) of floats -> codes (rows, width), int8, and scales (rows, width / 32), fp16.

    Raises ValueError where the width is no multiple of 32.
    """
    if weight.dim() != 2 or weight.shape[1] % BLOCK:
        raise ValueError(f"weights of shape {tuple(weight.shape)} cannot be cut into rows of blocks of {BLOCK}")
    blocks = weight.float().reshape(len(weight), -1, BLOCK)
    scales = (blocks.abs().amax(2) / 127).half()
    codes = (blocks / scales.float().clamp_min(1e-12)[:, :, None]).round().clamp(-127, 127)
    return codes.to(torch.int8).flatten(1), scales


def plain(codes: Tensor, scales: Tensor) -> Tensor:
    """Codes (rows, width) and scales (rows, width / 32) -> (rows, width), fp32.

    Codes of 4 bits are (rows, width / 2), uint8: byte j of a block's 16 holds number j and, above it, number j + 16.
    """
    if codes.dtype == torch.uint8:
        halves = codes.reshape(len(codes), -1, HALF)
        blocks = torch.cat((halves & 15, halves >> 4), 2).float().sub_(ZERO)
    else:
        blocks = codes.reshape(len(codes), -1, BLOCK).float()
    return blocks.mul_(scales.float()[:, :, None]).flatten(1)


def width(codes: Tensor) -> int:
    """The number of weights in a row of codes."""
    return codes.shape[1] * (2 if codes.dtype == torch.uint8 else 1)


def matrix(weights: Mapping[str, Tensor], name: str) -> Tensor:
    """The matrix of that name, fp32. Raises KeyError where it is not among the weights."""
    return plain(weights[name + CODES], weights[name + SCALES])


def state_of(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every weight in fp32, for the network of network.py, which keeps them all in memory."""
    names = {name.removesuffix(CODES) for name in weights if name.endswith(CODES)}
    others = {name: weight.float() for name, weight in weights.items() if not name.endswith((CODES, SCALES))}
    return others | {name: matrix(weights, name) for name in names}
