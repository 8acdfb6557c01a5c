"""How the parts' log-odds become one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.blend import Blend, Parts, lengths_of

LONG = 10_000.0  # characters, at which nothing is taken down


def parts(network: list[float], ngrams: list[float], encoder: list[float], length: float = LONG) -> Parts:
    return Parts(*map(np.asarray, (network, ngrams, encoder)), lengths=np.full(len(network), length))


def test_the_blend_adds_shifts_and_cools() -> None:
    blend = Blend(wide_share=2.0, temperature=4.0, shift=1.0, encoder_share=0.5)
    assert blend.log_odds(parts([1.0, -3.0], [3.0, 0.5], [2.0, 0.0])).tolist() == pytest.approx([2.25, -0.25])


def test_a_blend_by_default_is_the_gpt_alone() -> None:
    assert Blend().log_odds(parts([1.5], [100.0], [100.0])).tolist() == [1.5]


def test_the_gpt_is_asked_where_it_could_lift_a_text_high_enough() -> None:
    blend = Blend(wide_share=1.0, temperature=2.0, network_share=0.5, network_most=6.0)
    others = parts([99.0, 99.0, 99.0], [-3.0, -5.0, -7.0], [0.0, 0.0, 0.0])  # with 6 · 0.5 and halved: 0, -1, -2
    assert blend.asks_network(others, below=-1.0).tolist() == [True, True, False]


def test_a_version_that_knows_no_bound_of_its_gpt_always_asks_it() -> None:
    assert Blend(wide_share=1.0).asks_network(parts([0.0], [-1e9], [0.0]), below=0.0).tolist() == [True]


@given(st.floats(0, 5_000), st.floats(0, 5_000))
def test_the_shorter_a_text_the_more_it_is_lowered(one: float, other: float) -> None:
    blend = Blend(short_shift=3.0)
    log_odds = [float(blend.log_odds(parts([1.0], [0.0], [0.0], length))[0]) for length in sorted((one, other))]
    assert -2.0 <= log_odds[0] <= log_odds[1] <= 1.0


def test_a_text_of_three_words_is_lowered_and_a_long_one_is_not() -> None:
    blend = Blend(short_shift=3.0)
    short, long = (blend.discount(lengths_of([text]))[0] for text in ("да, ок, жду", "word " * 60))
    assert short > 1.5
    assert long < 0.001
