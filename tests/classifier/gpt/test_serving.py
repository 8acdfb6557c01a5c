"""The serving form says what the network itself says, whatever stands beside a text and however long it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from classifier import checkpoint
from classifier.gpt import packing, products, serving
from classifier.gpt.model import GPTConfig, SpamGPT
from classifier.gpt.padded import PaddedGPT
from classifier.gpt.products import Product
from classifier.gpt.serving import ServingGPT
from classifier.spam import SpamClassifier
from tests import tiny

LONGER = GPTConfig(vocab_size=257, context_length=512, n_blocks=3, d_model=48, n_heads=6, n_kv_heads=2, d_ff=64)
NETWORKS = {"tiny": tiny.checkpoint().model, "longer": SpamGPT(LONGER, frozen_blocks=2, trained_blocks=1).eval()}
TYPES = {torch.float32: 1e-5, torch.bfloat16: 2e-2}
FORMS = {(name, dtype): ServingGPT(network, dtype) for name, network in NETWORKS.items() for dtype in TYPES}
LENGTHS = {"tiny": [1, 64, 2, 16, 17, 15, 32, 33, 3, 48, 5, 5, 5], "longer": [1, 512, 257, 80, 256, 300, 20]}


def made_up(lengths: list[int], seed: int = 0) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(256) for _ in range(length)] for length in lengths]


@torch.inference_mode()
def reference(network: SpamGPT, sequences: list[list[int]]) -> Tensor:
    """Each text through the network itself, alone and unpadded, fp32."""
    return torch.cat([network(torch.tensor([ids]), torch.tensor([len(ids)])) for ids in sequences])


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("name", NETWORKS)
def test_its_logits_are_the_networks(name: str, dtype: torch.dtype) -> None:
    sequences = made_up(LENGTHS[name])
    expected = reference(NETWORKS[name], sequences)
    assert (FORMS[name, dtype].logits(sequences) - expected).abs().max() < TYPES[dtype]


@given(st.lists(st.integers(1, 64), min_size=1, max_size=40), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_any_mixture_of_lengths_over_any_number_of_threads(lengths: list[int], threads: int) -> None:
    before, sequences = torch.get_num_threads(), made_up(lengths, sum(lengths))
    torch.set_num_threads(threads)
    try:
        logits = FORMS["tiny", torch.float32].logits(sequences)
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert (logits - reference(NETWORKS["tiny"], sequences)).abs().max() < 1e-5


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-3)], ids=str)
def test_batch_mates_never_change_a_logit(dtype: torch.dtype, tolerance: float) -> None:
    sequences = made_up(LENGTHS["tiny"] * 4)
    form = FORMS["tiny", dtype]
    alone = torch.cat([form.logits([ids]) for ids in sequences])
    assert (form.logits(sequences) - alone).abs().max() <= tolerance


def test_texts_of_many_chunks_stand_in_their_order() -> None:
    sequences = made_up([64, 40, 3] * 50)
    assert len(packing.chunks([len(ids) for ids in sequences], 2)) > 2
    logits = FORMS["tiny", torch.float32].logits(sequences)
    assert (logits - reference(NETWORKS["tiny"], sequences)).abs().max() < 1e-5


def test_a_prepared_network_gives_up_its_weights_only_if_asked() -> None:
    network = tiny.checkpoint().model
    expected = ServingGPT(network, torch.float32).logits([[1, 2, 3]])
    assert not any(weight.is_meta for weight in network.parameters())
    released = ServingGPT(network, torch.float32, release=True)
    assert all(weight.is_meta for weight in network.trunk.parameters())
    assert torch.equal(released.logits([[1, 2, 3]]), expected)


def test_a_network_with_a_part_it_does_not_know_is_served_padded() -> None:
    made = tiny.checkpoint()
    expected = SpamClassifier(made).score(["hello", "a somewhat longer text"])
    made.model.head.norm = nn.LayerNorm(tiny.CONFIG.d_model, bias=False)  # type: ignore[assignment]  # a stranger
    assert not serving.serves(made.model)
    assert len(SpamClassifier(made).score(["hello"])) == len(expected) - 1


def test_padded_logits_are_the_networks_too() -> None:
    sequences = made_up(LENGTHS["tiny"])
    logits = PaddedGPT(tiny.checkpoint().model, torch.float32).logits(sequences)
    assert (logits - reference(NETWORKS["tiny"], sequences)).abs().max() < 1e-5


@given(st.lists(st.integers(1, 2_000), max_size=60), st.integers(1, 8))
def test_chunks_hold_each_text_once_and_about_as_much_as_they_may(lengths: list[int], lanes: int) -> None:
    chunks = packing.chunks(lengths, lanes)
    assert sorted(i for chunk in chunks for i in chunk) == list(range(len(lengths)))
    for chunk in chunks:
        assert sum(lengths[i] for i in chunk[:-1]) <= packing.CHUNK_TOKENS


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_a_product_is_the_matrix_product(dtype: torch.dtype, ahead: bool) -> None:
    x, weight = torch.randn(40, 24), torch.randn(56, 24) / 5
    product, plain = Product(weight, dtype, ahead), x @ weight.T
    x = x.to(dtype)
    silu = product.silu(x)
    for result, expected in (
        (product(x), plain),
        (silu, nn.functional.silu(plain)),
        (product.times(x, silu), silu.float() * plain),
    ):
        assert result.dtype == dtype
        assert torch.allclose(result.float(), expected, rtol=3e-2, atol=3e-2)


def test_auto_is_one_of_the_two_precisions() -> None:
    assert products.dtype_named("auto") in TYPES
    assert products.dtype_named("fp32") == torch.float32


def test_in_fp32_the_weights_stay_where_the_file_is_mapped_and_come_back_after_a_rest(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    form = ServingGPT(checkpoint.load(tmp_path / "v1").model, torch.float32, release=True)
    assert {len(block._pages) for block in form._blocks} == {4}, "heads, output, gate with up, and down"
    before = form.logits([[1, 2, 3]])
    form.rest()
    assert all(block._qkv is None for block in form._blocks), "copies of reordered heads are given up"
    assert torch.equal(form.logits([[1, 2, 3]]), before)
    laid_out = ServingGPT(checkpoint.load(tmp_path / "v1").model, torch.bfloat16, release=True)
    laid_out.rest()
    assert not any(block._pages or block._qkv is None for block in laid_out._blocks)
