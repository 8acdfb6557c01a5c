"""The judgement: scores stand in the order of their texts, and nobody's neighbours matter."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.blend import Blend
from classifier.encoder.serving import ServingEncoder
from classifier.errors import NothingToJudge, TextTooLong
from classifier.gpt.padded import BATCH_TOKENS, batches
from classifier.spam import SpamClassifier
from classifier.windows import MAX_TOKENS, MAX_WINDOWS, spread
from tests import tiny
from tests.classifier.encoders import tiny_encoder, tiny_head

CLASSIFIER = SpamClassifier(tiny.checkpoint())
WINDOW = tiny.CONFIG.context_length
STRIDE = WINDOW * 3 // 4


def test_of_very_many_windows_the_ends_and_some_between_are_read() -> None:
    read = spread(range(1_000))
    assert (len(read), read[0], read[-1]) == (MAX_WINDOWS, 0, 999)
    assert max(later - earlier for earlier, later in itertools.pairwise(read)) <= 29
    assert spread(range(MAX_WINDOWS)) == list(range(MAX_WINDOWS))


def test_a_long_text_scores_as_its_worst_window() -> None:
    text = "".join(random.Random(1).choices("abcdefgh .", k=500))
    starts = [*range(0, len(text) - WINDOW, STRIDE), len(text) - WINDOW]
    by_hand = CLASSIFIER.score([text[start : start + WINDOW] for start in starts])
    assert max(by_hand) - min(by_hand) > 1e-3
    assert CLASSIFIER.score([text])[0] == pytest.approx(max(by_hand), abs=1e-6)


@given(place=st.integers(0, 400), length=st.integers(200, 400))
@settings(max_examples=25, deadline=None)
def test_a_phrase_is_whole_in_some_window_wherever_it_stands(place: int, length: int) -> None:
    marker = "WIN $$$ NOW"
    text = f"{'.' * min(place, length)}{marker}{'.' * (length - min(place, length))}"
    starts = [*range(0, len(text) - WINDOW, STRIDE), len(text) - WINDOW]
    holding = [w for start in starts if marker in (w := text[start : start + WINDOW])]
    assert holding
    assert CLASSIFIER.score([text])[0] >= max(CLASSIFIER.score(holding)) - 1e-6


@given(st.permutations(range(12)))
@settings(max_examples=25, deadline=None)
def test_scores_stand_in_the_order_of_their_texts(order: list[int]) -> None:
    texts = ["spam" * (1 + i % 5) + chr(97 + i) * i for i in range(12)]
    straight, shuffled = CLASSIFIER.score(texts), CLASSIFIER.score([texts[i] for i in order])
    assert shuffled == pytest.approx([straight[i] for i in order], abs=1e-6)


def test_score_raises_for_the_first_text_without_one() -> None:
    with pytest.raises(TextTooLong):
        CLASSIFIER.score(["fine", "a" * (MAX_TOKENS + 1), " "])
    with pytest.raises(NothingToJudge):
        CLASSIFIER.score(["fine", " ", "a" * (MAX_TOKENS + 1)])


def test_a_text_without_a_score_disturbs_no_other() -> None:
    first, nothing, long, last = CLASSIFIER.try_score(["one", "\0", "a" * (MAX_TOKENS + 1), "two"])
    assert isinstance(nothing, NothingToJudge)
    assert isinstance(long, TextTooLong)
    assert [first, last] == pytest.approx(CLASSIFIER.score(["one", "two"]), abs=1e-6)


def test_no_texts_have_no_scores() -> None:
    assert CLASSIFIER.score([]) == []
    assert CLASSIFIER.try_score([]) == []


def test_scoring_twice_gives_the_same() -> None:
    assert CLASSIFIER.score(["once", "or twice"]) == CLASSIFIER.score(["once", "or twice"])


@given(st.lists(st.integers(1, BATCH_TOKENS + 100), max_size=60))
@settings(max_examples=50, deadline=None)
def test_a_batch_is_never_larger_than_allowed_but_for_a_single_window(lengths: list[int]) -> None:
    for width, batch in batches(lengths):
        assert len(batch) == 1 or len(batch) * width <= BATCH_TOKENS
        assert all(lengths[i] <= width for i in batch)


@given(st.lists(st.integers(1, BATCH_TOKENS), max_size=60))
@settings(max_examples=50, deadline=None)
def test_each_window_is_in_one_batch(lengths: list[int]) -> None:
    assert sorted(i for _, batch in batches(lengths) for i in batch) == list(range(len(lengths)))


@pytest.mark.parametrize("dtype", ["fp32", "reference"])
def test_a_network_that_answers_no_number_is_no_ham(dtype: str) -> None:
    broken = tiny.checkpoint()
    broken.model.head.classes.bias.data.fill_(float("nan"))
    with pytest.raises(ArithmeticError, match="not a number"):
        SpamClassifier(broken, dtype).score(["see you " * 40])  # several windows


WITH_ENCODER = replace(
    tiny.checkpoint(),
    encoder=tiny_encoder(),
    encoder_head=tiny_head(),
    blend=Blend(network_share=0.0, encoder_share=1.0),
)


def test_an_encoder_reads_each_text_alone_and_a_long_one_by_its_worst_window() -> None:
    classifier, words = (
        SpamClassifier(WITH_ENCODER),
        random.Random(3).choices(["hello", "привет", "x", "winner"], k=400),
    )
    long, short = " ".join(words), "hello x"
    assert classifier.score([short, long, short])[1] == pytest.approx(classifier.score([long])[0], abs=1e-6)
    serving = ServingEncoder(tiny_encoder(), torch.float32)
    log_odds = tiny_head().log_odds(serving.embed(serving.windows(long)).numpy())
    assert len(log_odds) > 2
    assert classifier.score([long])[0] == pytest.approx(1 / (1 + math.exp(-max(log_odds))), abs=1e-5)


def test_an_encoder_that_answers_no_number_is_no_ham() -> None:
    broken = replace(tiny_head(), bias=math.nan)
    with pytest.raises(ArithmeticError, match="not a number"):
        SpamClassifier(replace(WITH_ENCODER, encoder_head=broken)).score(["hello"])


def test_what_an_encoder_says_is_part_of_the_explanation() -> None:
    classifier = SpamClassifier(WITH_ENCODER)
    explanation, score = classifier.explain("hello"), classifier.score(["hello"])[0]
    assert explanation.parts["encoder"] == pytest.approx(math.log(score / (1 - score)), abs=1e-4)
