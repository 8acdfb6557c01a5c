"""The frozen trunk's outputs: a text's own, whoever else is computed with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import tiny
from training.fit.features import Advance, Features, Reader

BASE = tiny.base_model()
TRUNK = BASE.trunk(2)
TEXTS = st.lists(st.text("abc äé私😀", min_size=1, max_size=15), min_size=1, max_size=12)
# Features are kept in fp16: in fp32 two ways to sum may end on neighbouring fp16 numbers, in bf16 on neighbours of its own.
TOLERANCE = {torch.float32: 2e-3, torch.bfloat16: 5e-2}


def compute(texts: Sequence[str], dtype: torch.dtype = torch.float32, advance: Advance = lambda _: None) -> Features:
    return Reader(BASE, 2, dtype, cache=None).read(texts, advance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@given(texts=TEXTS)
@settings(max_examples=25, deadline=None)
def test_a_texts_features_do_not_depend_on_the_others(dtype: torch.dtype, texts: list[str]) -> None:
    for text, together in zip(texts, compute(texts, dtype).hidden, strict=True):
        (alone,) = compute([text], dtype).hidden
        torch.testing.assert_close(together, alone, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def test_features_are_the_trunks_output() -> None:
    (hidden,) = compute(["hello"]).hidden
    expected = TRUNK(torch.tensor([list(b"hello")]))[0].half()
    assert hidden.dtype == torch.float16
    torch.testing.assert_close(hidden, expected, atol=2e-3, rtol=2e-3)


def test_each_text_has_its_own_length() -> None:
    assert compute(["four", "a", "", "seventy"]).lengths == [4, 1, 1, 7]


def test_each_text_is_told_once() -> None:
    advances: list[int] = []
    compute(["word"] * 300 + ["a"], advance=advances.append)
    assert sum(advances) == 301
    assert len(advances) > 1


def test_a_batch_is_padded_to_its_longest_text() -> None:
    features = compute(["four", "a", "seventy"])
    padded, lengths = features.batch([1, 0])
    assert (padded.shape, padded.dtype) == ((2, 4, tiny.CONFIG.d_model), torch.float32)
    assert lengths.tolist() == [1, 4]
    assert torch.equal(padded[1], features.hidden[0].float())
    assert not padded[0, 1:].any()


def test_a_part_is_of_the_texts_between() -> None:
    features = compute(["four", "a", "seventy", "b"])
    assert features.part(1, 3).lengths == [1, 7]
    assert features.part(1, 3).hidden[1] is features.hidden[2]


def test_no_texts_have_no_features() -> None:
    assert compute([]).hidden == []
