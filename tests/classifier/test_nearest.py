"""The nearest known examples, by the vectors of a tiny encoder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from classifier.encoder.head import EncoderHead
from classifier.encoder.serving import ServingEncoder
from classifier.nearest import READ_AT_ONCE, UNRELATED, Meanings
from classifier.spam import SpamClassifier
from tests import tiny
from tests.classifier.encoders import tiny_encoder
from tests.classifier.test_ngrams import FITTED

ENCODER = tiny_encoder()
MANY = [f"{a}{b} {b}{a}" for a in "bcdfghjklmnp" for b in "qrstvwxzaeiou"]


def meanings() -> Meanings:
    return Meanings(ServingEncoder(ENCODER, torch.float32))


def similarities(text: str, *others: str) -> list[float]:
    return meanings().similarities(text, others, promising=np.zeros(len(others))).tolist()


def test_a_text_is_as_like_itself_as_can_be() -> None:
    assert similarities("win cash now", "see you", "win cash now")[1] == pytest.approx(1.0)


def test_what_is_alike_comes_before_what_is_not() -> None:
    near, far = similarities("aaaa aaaa bbb", "aaa aaaaa bb", "zzzz zzxx qqq")
    assert near > far


def test_what_unrelated_texts_have_is_not_near() -> None:
    assert similarities(UNRELATED[2], UNRELATED[0]) == [0.0]


def test_an_example_that_was_not_read_yet_is_read_in_a_later_call() -> None:
    cache, others = meanings(), [*MANY, "win cash now"]
    promising = np.linspace(1, 0, len(others))
    calls = -(-len(others) // READ_AT_ONCE)
    *before, last = [cache.similarities("win cash now", others, promising)[-1] for _ in range(calls)]
    assert before == [0.0] * (calls - 1)
    assert last == pytest.approx(1.0)


def test_the_most_promising_are_read_first() -> None:
    others = [*MANY, "win cash now"]
    promising = np.zeros(len(others))
    promising[-1] = 0.5
    assert meanings().similarities("win cash now", others, promising)[-1] == pytest.approx(1.0)


def test_a_text_that_is_no_longer_known_is_forgotten() -> None:
    cache, text, promising = meanings(), "win cash now", np.linspace(1, 0, len(MANY) + 1)
    assert cache.similarities(text, [text], promising[:1]).tolist() == pytest.approx([1.0])
    cache.similarities(text, MANY[:1], promising[:1])
    assert cache.similarities(text, [*MANY, text], promising)[-1] == 0.0


def test_none_is_near_where_none_is_known() -> None:
    assert similarities("win cash now") == []


def test_a_version_with_an_encoder_tells_the_nearest_by_meaning_and_one_without_by_ngrams() -> None:
    others = ["aaa aaaaa bb", "zzzz zzxx qqq", "zzzz"]
    width = ENCODER.config.d_model
    head = EncoderHead(*(np.zeros(shape, np.float32) for shape in ((1, width), (1,), (1,))), bias=0.0)
    with_ngrams = replace(tiny.checkpoint(), ngram_model=FITTED)
    by_ngrams = SpamClassifier(with_ngrams)
    by_meaning = SpamClassifier(replace(with_ngrams, encoder=ENCODER, encoder_head=head))
    assert by_meaning.nearest("aaaa aaaa bbb", others)[0][0] == 0
    assert dict(by_meaning.nearest("aaaa aaaa bbb", others)) != dict(by_ngrams.nearest("aaaa aaaa bbb", others))
    assert by_meaning.nearest("anything", []) == by_ngrams.nearest("anything", []) == []
