"""Weights of 8 bits with a scale a block."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.encoder import quantised


@given(st.integers(0, 2**31), st.floats(1e-3, 1e3))
@settings(max_examples=40, deadline=None)
def test_a_weight_comes_back_within_half_a_step_of_its_block(seed: int, scale: float) -> None:
    weight = torch.randn(3, 64, generator=torch.Generator().manual_seed(seed)) * scale
    again = quantised.plain(*quantised.quantised(weight))
    steps = weight.reshape(3, 2, 32).abs().amax(2, keepdim=True) / 127
    assert ((again - weight).reshape(3, 2, 32).abs() <= steps * 0.6).all()


def test_what_is_exact_in_8_bits_stays_exact() -> None:
    once = quantised.plain(*quantised.quantised(torch.randn(4, 96)))
    torch.testing.assert_close(quantised.plain(*quantised.quantised(once)), once, rtol=2e-3, atol=0)


def test_a_block_of_zeros_is_zeros() -> None:
    assert not quantised.plain(*quantised.quantised(torch.zeros(2, 32))).any()
