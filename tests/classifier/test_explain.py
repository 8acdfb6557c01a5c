"""What a score rests on adds up to it, and names n-grams that a person can read."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import explain
from classifier.blend import Blend
from classifier.errors import NothingToJudge
from classifier.spam import SpamClassifier
from classifier.windows import is_visible
from tests import tiny
from tests.classifier.test_ngrams import FITTED

BLEND = Blend(wide_share=4.0, temperature=2.0, shift=0.5)
CLASSIFIER = SpamClassifier(replace(tiny.checkpoint(), ngram_model=FITTED, blend=BLEND))


@given(st.text(min_size=1, max_size=80).filter(is_visible))
@settings(max_examples=40, deadline=None)
def test_the_parts_of_any_text_add_up_to_its_score(text: str) -> None:
    explanation = CLASSIFIER.explain(text)
    score = CLASSIFIER.score([text])[0]
    assert sum(explanation.parts.values()) == pytest.approx(math.log(score / (1 - score)), abs=1e-3)
    assert len(explanation.ngrams) <= explain.STRONGEST
    assert all(math.isfinite(share) for _, share in explanation.ngrams)


def test_the_strongest_ngrams_come_first_and_none_repeats_another() -> None:
    ngrams = CLASSIFIER.explain("win cash now").ngrams
    shares = [abs(share) for _, share in ngrams]
    assert shares == sorted(shares, reverse=True)
    assert ngrams[0][1] > 0
    names = [name for name, _ in ngrams]
    assert not any(a in b for a in names for b in names if a is not b)


def test_the_tokens_are_those_that_were_read() -> None:
    assert "".join(CLASSIFIER.explain("win cash").tokens) == "win cash"


def test_what_cannot_be_seen_cannot_be_explained() -> None:
    with pytest.raises(NothingToJudge):
        CLASSIFIER.explain("\u200b")


def test_the_nearest_are_told_with_how_near_they_are() -> None:
    nearest = CLASSIFIER.nearest("win cash now", ["see you at home", "WIN CASH NOW", "win cash"])
    assert [place for place, _ in nearest][:2] == [1, 2]
    assert nearest[0][1] == pytest.approx(1.0)
