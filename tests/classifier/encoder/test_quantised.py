"""Weights of 8 bits with a scale a block."""

from __future__ import annotations

import pytest
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


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_codes_of_four_bits_are_the_numbers_they_were_made_of(seed: int) -> None:
    chooser = torch.Generator().manual_seed(seed)
    numbers = torch.randint(-8, 8, (3, 64), generator=chooser, dtype=torch.int8)
    low, high = (numbers + quantised.ZERO).to(torch.uint8).view(3, 2, 2, quantised.HALF).unbind(2)
    codes, scales = (low | high << 4).flatten(1), torch.rand(3, 2, generator=chooser).half()
    assert quantised.width(codes) == quantised.width(numbers) == 64
    assert torch.equal(quantised.plain(codes, scales), quantised.plain(numbers, scales))


def test_a_width_that_is_no_multiple_of_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(4, 48\) cannot be cut into rows of blocks of 32"):
        quantised.quantised(torch.zeros(4, 48))


def test_a_block_of_zeros_is_zeros() -> None:
    assert not quantised.plain(*quantised.quantised(torch.zeros(2, 32))).any()
