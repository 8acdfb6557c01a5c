"""The classical models beside the GPT."""

from __future__ import annotations

import pytest

from training.data.datasets import Example
from training.fit import baselines

SPAM = [Example(f"win cash prize {i}", True) for i in range(20)]
HAM = [Example(f"see you at home {i}", False) for i in range(40)]
TRAIN, REST = SPAM[:15] + HAM[:30], SPAM[15:] + HAM[30:]


@pytest.mark.parametrize("name", [name for name in baselines.pipelines() if name != "dummy"])
def test_each_learns_what_it_is_shown(name: str) -> None:
    (scores,) = baselines.scores(name, TRAIN, [1.0] * len(TRAIN), [[example.text for example in REST]])
    assert [score >= 0.5 for score in scores] == [example.is_spam for example in REST]


def test_the_dummy_says_how_common_spam_is() -> None:
    (scores,) = baselines.scores("dummy", TRAIN, [1.0] * len(TRAIN), [["anything"]])
    assert scores == pytest.approx([15 / 45])


@pytest.mark.parametrize("name", list(baselines.pipelines()))
def test_weights_count_as_repeats(name: str) -> None:
    (more,) = baselines.scores(name, TRAIN, [9.0] * 15 + [1.0] * 30, [["nothing known"]])
    (less,) = baselines.scores(name, TRAIN, [1.0] * 45, [["nothing known"]])
    assert more[0] > less[0]


def test_all_are_measured_on_the_hold_out_set() -> None:
    figures = baselines.measure(TRAIN, [1.0] * len(TRAIN), REST, REST)
    assert figures.keys() == baselines.pipelines().keys()
    assert figures["logistic_words"]["f1"] == 1.0
    assert figures["dummy"]["roc_auc"] == 0.5
