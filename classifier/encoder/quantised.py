"""Weights as they are kept: whole numbers of 8 bits in blocks of 32, each block with a scale (GGUF's Q8_0).

A vocabulary of 250,000 rows takes 102 MB of disk so and stays mapped: only rows that are looked up are ever read.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

BLOCK = 32  # weights that share a scale
CODES, SCALES = ".codes", ".scales"


def quantised(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, width) of floats -> codes (rows, width), int8, and scales (rows, width / 32), fp16."""
    blocks = weight.float().reshape(len(weight), -1, BLOCK)
    scales = (blocks.abs().amax(2) / 127).half()
    codes = (blocks / scales.float().clamp_min(1e-12)[:, :, None]).round().clamp(-127, 127)
    return codes.to(torch.int8).flatten(1), scales


def plain(codes: Tensor, scales: Tensor) -> Tensor:
    """Codes (rows, width) and scales (rows, width / 32) -> (rows, width), fp32."""
    blocks = codes.reshape(len(codes), -1, BLOCK).float()
    return blocks.mul_(scales.float()[:, :, None]).flatten(1)


def matrix(weights: Mapping[str, Tensor], name: str) -> Tensor:
    """The matrix of that name, fp32. Raises KeyError where it is not among the weights."""
    return plain(weights[name + CODES], weights[name + SCALES])


def state_of(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every weight as a network takes it, fp32: for the network of network.py, which keeps them all in memory."""
    names = {name.removesuffix(CODES) for name in weights if name.endswith(CODES)}
    others = {name: weight.float() for name, weight in weights.items() if not name.endswith((CODES, SCALES))}
    return others | {name: matrix(weights, name) for name in names}
