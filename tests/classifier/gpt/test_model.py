"""The network: causal, indifferent to padding, and equal to slow code that spells each part out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from classifier.gpt.model import (
    Attention,
    Block,
    GPTConfig,
    Head,
    LanguageModel,
    RMSNorm,
    SpamGPT,
    Trunk,
    rotary_tables,
)
from classifier.spam import SpamClassifier
from classifier.windows import is_visible
from tests import tiny

TEXTS = st.text(min_size=1, max_size=30).filter(is_visible)
MODEL = tiny.checkpoint().model
CLASSIFIERS = {dtype: SpamClassifier(tiny.checkpoint(), dtype) for dtype in ("fp32", "bf16")}
TOLERANCE = {"fp32": 1e-5, "bf16": 1e-3}
POSITIONS = 12


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def states(batch: int = 3, config: GPTConfig = tiny.CONFIG) -> Tensor:
    return torch.randn(batch, POSITIONS, config.d_model)


def tables(start: int = 0, config: GPTConfig = tiny.CONFIG) -> tuple[Tensor, Tensor]:
    cos, sin = rotary_tables(config)
    return cos[start : start + POSITIONS], sin[start : start + POSITIONS]


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
@given(text=TEXTS, mates=st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_padding_and_batch_mates_never_change_a_score(dtype: str, text: str, mates: list[str]) -> None:
    classifier = CLASSIFIERS[dtype]
    alone, together = classifier.score([text])[0], classifier.score([*mates, text])[-1]
    assert together == pytest.approx(alone, abs=TOLERANCE[dtype])


@given(padding=st.lists(st.integers(0, 256), min_size=1, max_size=20), ids=st.lists(st.integers(0, 256), min_size=1))
@settings(max_examples=40, deadline=None)
def test_what_a_text_is_padded_with_never_matters(padding: list[int], ids: list[int]) -> None:
    ids, lengths = ids[:40], torch.tensor([len(ids[:40])])
    with torch.inference_mode():
        bare, padded = MODEL(torch.tensor([ids]), lengths), MODEL(torch.tensor([ids + padding]), lengths)
    torch.testing.assert_close(padded, bare, atol=1e-5, rtol=0)


def test_a_later_token_never_changes_an_earlier_state() -> None:
    trunk = Trunk(tiny.CONFIG, 2).eval()
    ids = torch.randint(256, (1, POSITIONS))
    changed = ids.clone()
    changed[0, 7:] = 5
    before, after = trunk(ids), trunk(changed)
    torch.testing.assert_close(after[:, :7], before[:, :7], atol=1e-6, rtol=0)
    assert not torch.allclose(after[:, 7:], before[:, 7:])


def test_a_block_at_the_last_position_equals_the_whole_block_there() -> None:
    block, x, last = Block(tiny.CONFIG), states(), torch.tensor([0, 5, POSITIONS - 1])
    whole = block(x, *tables())[torch.arange(3), last]
    torch.testing.assert_close(block.at(x, last, *tables()), whole, atol=1e-6, rtol=1e-5)


def test_a_head_of_several_blocks_reads_the_last_real_token() -> None:
    head, x, lengths = Head(tiny.CONFIG, 2), states(), torch.tensor([1, 6, POSITIONS])
    y = x
    for block in head.blocks:
        y = block(y, *tables())
    expected = head.classes(head.norm(y[torch.arange(3), lengths - 1]))
    torch.testing.assert_close(head(x, lengths), expected, atol=1e-6, rtol=1e-5)


def test_a_head_that_averages_reads_the_real_tokens_alone() -> None:
    head, x, lengths = Head(tiny.CONFIG, 1, averages=True), states(), torch.tensor([1, 6, POSITIONS])
    y = head.norm(head.blocks[0](x, *tables()))
    means = torch.stack([row[:length].mean(0) for row, length in zip(y, lengths, strict=True)])
    expected = head.classes(torch.cat((y[torch.arange(3), lengths - 1], means), dim=-1))
    torch.testing.assert_close(head(x, lengths), expected, atol=1e-6, rtol=1e-5)


def test_a_head_without_a_trained_block_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one trained block"):
        SpamGPT(tiny.CONFIG, frozen_blocks=3, trained_blocks=0)


@pytest.mark.parametrize("n_kv_heads", [1, 2, 4])
def test_attention_equals_a_loop_over_heads_and_positions(n_kv_heads: int) -> None:
    config = replace(tiny.CONFIG, n_kv_heads=n_kv_heads)
    attention, x = Attention(config), states(1, config)
    torch.testing.assert_close(attention(x, *tables()), naive_attention(attention, x[0])[None], atol=1e-5, rtol=1e-4)


def naive_attention(attention: Attention, x: Tensor) -> Tensor:
    """Grouped-query attention of one text, a head and a position at a time. x: (T, D) -> (T, D)."""
    width, group = attention.d_head, attention.n_heads // attention.n_kv_heads
    rows = torch.split(attention.qkv.weight, width)
    mixed = torch.zeros_like(x)
    for head in range(attention.n_heads):
        shared = attention.n_heads + head // group
        q, k = turned(x @ rows[head].T), turned(x @ rows[shared].T)
        v = x @ rows[shared + attention.n_kv_heads].T
        for t in range(len(x)):
            weights = (k[: t + 1] @ q[t] / width**0.5).softmax(0)
            mixed[t, head * width : (head + 1) * width] = weights @ v[: t + 1]
    return mixed @ attention.out.weight.T


def turned(x: Tensor) -> Tensor:
    """Rotary positions by complex numbers: pair (i, i + E/2) at position t turns by t · base^(-2i/E). x: (T, E)."""
    half = x.shape[1] // 2
    angles = torch.outer(torch.arange(len(x)), tiny.CONFIG.rope_base ** (-torch.arange(half) / half))
    product = torch.complex(x[:, :half], x[:, half:]) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat((product.real, product.imag), dim=1)


@pytest.mark.parametrize("shift", [1, 17, 50])
def test_attention_knows_only_how_far_positions_are_apart(shift: int) -> None:
    attention, x = Attention(tiny.CONFIG), states()
    torch.testing.assert_close(attention(x, *tables(shift)), attention(x, *tables()), atol=1e-5, rtol=1e-4)


def test_attention_knows_the_order_of_positions() -> None:
    attention, x = Attention(tiny.CONFIG), states(1)
    swapped = x[:, [1, 0, *range(2, POSITIONS)]]
    assert not torch.allclose(attention(x, *tables())[:, -1], attention(swapped, *tables())[:, -1], atol=1e-5)


def test_the_norm_is_computed_in_fp32() -> None:
    norm, x = RMSNorm(4, 1e-5), torch.full((1, 4), 1_000.0, dtype=torch.float16)
    made = norm(x)
    assert made.dtype == torch.float16
    torch.testing.assert_close(made, torch.ones_like(made))


def test_the_norm_scales_to_a_root_mean_square_of_one() -> None:
    made = RMSNorm(64, 0.0)(torch.randn(5, 64) * 30)
    torch.testing.assert_close(made.square().mean(-1).sqrt(), torch.ones(5))


def test_a_greedy_continuation_is_the_likeliest_token_each_time() -> None:
    model: LanguageModel = tiny.base_model().language_model()
    ids = [72, 105]
    for _ in range(3):
        ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    assert model.continue_greedily([72, 105], 3) == ids[2:]
