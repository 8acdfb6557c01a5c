"""The n-gram model: n-grams counted, weighted, summed; disguises taken off first."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.disguise import undisguised
from classifier.ngrams import NGramModel, NGrams, weighted
from classifier.reading import UNDISGUISED
from training.data.datasets import Example
from training.fit import ngrams as training
from training.fit.recipe import TrainConfig

NGRAMS = NGrams(1, 3, 2**20)
CONFIG = TrainConfig(ngram_shortest=1, ngram_longest=3, ngram_buckets=2**20)
TEXTS = ["win cash now", "WIN a prize, win", "see you at home", "are we on for dinner", "free entry", "ok"]
LABELS = [True, True, False, False, True, False]
ORIGINS = ["seed", "correction", "seed", "seed", "seed", "correction"]
EXAMPLES = [Example(*row) for row in zip(TEXTS, LABELS, ORIGINS, strict=True)]
FITTED = training.fit(EXAMPLES, CONFIG)


@pytest.mark.parametrize("text", [*TEXTS, "a", "  two   spaces ", "naïve Ünïcode", "longerwordthanfive x"])
def test_its_ngrams_are_scikit_learns(text: str) -> None:
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(1, 3)).build_analyzer()(text)
    assert Counter(NGRAMS._of(text.lower())) == Counter(theirs)


def test_its_log_odds_are_those_of_scikit_learns_own_pipeline() -> None:
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True)
    rows = vectorizer.fit_transform(TEXTS)
    regression = LogisticRegression(C=CONFIG.wide_inverse_penalty, solver="liblinear", tol=1e-8)
    regression.fit(rows, LABELS, [1.0, 10.0, 1.0, 1.0, 1.0, 10.0])
    log_odds = [regression.decision_function(rows)[i] for i in range(len(TEXTS))]
    np.testing.assert_allclose(FITTED.logits(TEXTS), log_odds, atol=0.02)  # the solver's own tolerance


def test_it_learns_what_it_is_shown() -> None:
    assert [z > 0 for z in FITTED.logits(TEXTS)] == LABELS


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_has_log_odds_that_do_not_depend_on_the_others(texts: list[str]) -> None:
    together = FITTED.logits(texts)
    assert np.isfinite(together).all()
    np.testing.assert_allclose(together, [FITTED.logits([text])[0] for text in texts], atol=1e-6)


def test_half_a_surrogate_pair_has_log_odds_too() -> None:
    assert math.isfinite(FITTED.logits(["win \ud800 cash"])[0])


def test_rows_have_length_one_or_are_empty() -> None:
    rows = weighted(NGRAMS.counts(["win cash", ""]), FITTED.rarity)
    np.testing.assert_allclose(np.sqrt(rows.sums(rows.values**2)), [1.0, 0.0], atol=1e-6)


def test_nothing_leaves_the_bias_alone() -> None:
    assert FITTED.logits([""])[0] == pytest.approx(FITTED.bias)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("win", "win"),
        ("ＷＩＮ ｃａｓｈ", "WIN cash"),  # full width
        ("w\u200bi\u200dn", "win"),  # invisible characters
        ("fr\u0435\u0435 c\u0430sh", "free cash"),  # Cyrillic letters among Latin ones
        ("привет", "привет"),  # Russian stays Russian
        ("𝐰𝐢𝐧", "win"),  # mathematical letters
        ("\ud800 ok", "? ok"),
    ],
)
def test_disguises_are_taken_off(written: str, plain: str) -> None:
    assert undisguised(written) == plain


def test_a_disguised_word_counts_as_the_plain_one() -> None:
    fitted = training.fit(EXAMPLES, replace(CONFIG, ngram_manner=UNDISGUISED))
    plain, disguised = fitted.logits(["win cash now", "w\u200bin c\u0430sh n\u043ew"])
    assert plain == pytest.approx(disguised)


def test_wide_is_data_that_can_be_rebuilt() -> None:
    again = NGramModel(FITTED.ngrams, FITTED.rarity, FITTED.weights, FITTED.bias)
    np.testing.assert_array_equal(again.logits(TEXTS), FITTED.logits(TEXTS))
