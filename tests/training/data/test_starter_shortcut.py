"""No shortcut: what a message looks like hardly tells the starter set's spam from its ham."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from training.data import starter
from training.data.starter import LANGUAGES
from training.data.starter.shape import shape_of

SEED, FOLDS = 0, 5
TREES = [(depth, leaf) for depth in (3, 5, 8, 12) for leaf in (5, 15, 50)]  # the best of them counts
AT_MOST_OVER_ALL, AT_MOST_IN_A_LANGUAGE = 0.70, 0.75

Rows = NDArray[np.float64]
Labels = NDArray[np.bool_]


@pytest.fixture(scope="module")
def shaped() -> tuple[Rows, Labels, NDArray[np.str_]]:
    """The shape, (B, 11), the label and the language of each line."""
    lines = starter.lines()
    rows = np.array([shape_of(line.text).row() for line in lines])
    return rows, np.array([line.is_spam for line in lines]), np.array([line.language for line in lines])


def guessed(rows: Rows, labels: Labels) -> Iterable[Rows]:
    """The probability of spam, (B,), by each tree, from the folds that a line is not in."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for depth, leaf in TREES:
        tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, random_state=SEED)
        yield cross_val_predict(tree, rows, labels, cv=folds, method="predict_proba")[:, 1]


def best_auc(rows: Rows, labels: Labels) -> float:
    return max(float(roc_auc_score(labels, probability)) for probability in guessed(rows, labels))


def test_a_label_that_hangs_on_the_shape_is_found() -> None:
    generator = np.random.default_rng(SEED)
    rows = generator.normal(size=(400, 11))
    assert best_auc(rows, rows[:, 3] > rows[:, 0]) > 0.9


def test_over_the_set_shape_hardly_tells_the_label(shaped: tuple[Rows, Labels, NDArray[np.str_]]) -> None:
    rows, labels, languages = shaped
    best = max(guessed(rows, labels), key=lambda probability: float(roc_auc_score(labels, probability)))
    of_each = {code: float(roc_auc_score(labels[languages == code], best[languages == code])) for code in LANGUAGES}
    assert roc_auc_score(labels, best) <= AT_MOST_OVER_ALL
    assert {code: auc for code, auc in of_each.items() if auc > AT_MOST_IN_A_LANGUAGE} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_language_shape_hardly_tells_the_label(
    shaped: tuple[Rows, Labels, NDArray[np.str_]], language: str
) -> None:
    rows, labels, languages = shaped
    assert best_auc(rows[languages == language], labels[languages == language]) <= AT_MOST_IN_A_LANGUAGE
