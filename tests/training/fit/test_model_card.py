"""A version's card says what it is made of and what it learned from."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from classifier.checkpoint import Checkpoint
from classifier.encoder.head import EncoderHead
from classifier.thresholds import Thresholds
from tests import tiny
from tests.classifier.encoders import tiny_encoder
from training.data.datasets import Example
from training.fit import evaluate, thresholds
from training.fit.model_card import model_card
from training.fit.recipe import TrainConfig
from training.fit.thresholds import Scored

EXAMPLES = [Example(f"text {n}", n % 2 == 0, ("seed", "starter")[n // 4 % 2]) for n in range(16)]
MEASURED = Scored([0.9 if e.is_spam else 0.1 for e in EXAMPLES], [e.is_spam for e in EXAMPLES], [10] * 16)
AT = Thresholds(0.5, 0.8, {"cautious": 0.9, "normal": 0.8, "strict": 0.6})
FOUND = evaluate.measure(MEASURED, AT)
METRICS: dict[str, Any] = {
    "hold_out": FOUND,
    "hold_outs": evaluate.by_origin(MEASURED, EXAMPLES, AT),
    "baselines": {"naive_bayes": FOUND},
    "act": thresholds.evidence(MEASURED, AT),
    "shares": {"gpt": 0.3, "probe": 0.0, "ngrams": 0.85, "encoder": 1.25},
}
TRAINING: dict[str, Any] = {
    "examples": {"train": 9_014, "validation": 1_500, "hold_out": 16},
    "corrections": 12,
    "origins": {"starter": 6_002, "correction": 12, "seed": 3_000},
    "config": asdict(TrainConfig()),
    "config_hash": "abc",
    "examples_hash": "5" * 64,
    "trained_at": "2026-01-31T12:00:00Z",
}


@pytest.fixture(scope="module")
def version() -> Checkpoint:
    encoder = tiny_encoder()
    width = encoder.config.d_model
    head = EncoderHead(*(np.zeros(shape, np.float32) for shape in ((1, width), (1,), (1,))), bias=0.0)
    made = replace(tiny.checkpoint(), encoder=encoder, encoder_head=head)
    return replace(made, thresholds=AT, metrics=METRICS, training=TRAINING)


def test_the_card_says_how_much_of_each_origin_was_learned_from(version: Checkpoint) -> None:
    assert "9,014 messages: SMS collection 3,000, starter set 6,002, corrections 12, presumed ham 0" in model_card(
        version
    )


def test_the_card_counts_presumed_ham_where_there_is_some(version: Checkpoint) -> None:
    origins = {**TRAINING["origins"], "presumed": 700}
    card = model_card(replace(version, training=TRAINING | {"origins": origins}))
    assert "corrections 12, presumed ham 700" in card


def test_the_card_names_the_encoder_and_each_part_with_its_share(version: Checkpoint) -> None:
    card = model_card(version)
    assert "on the vector of tiny, which is frozen; counts 1.25 times" in card
    assert "characters, hashed; counts 0.85 times" in card
    assert "- probe" not in card, "a share of 0 is no part"


def test_a_version_without_an_encoder_does_not_speak_of_one(version: Checkpoint) -> None:
    shares = METRICS["shares"] | {"encoder": 0.0}
    card = model_card(replace(version, encoder=None, encoder_head=None, metrics=METRICS | {"shares": shares}))
    assert "encoder" not in card


def test_the_card_tells_hold_outs_apart(version: Checkpoint) -> None:
    card = model_card(version)
    assert "| of these, SMS collection | 1.0000 |" in card
    assert "| of these, starter set | 1.0000 |" in card
    assert "under 50 characters" in card


def test_the_card_says_whom_its_thresholds_are_meant_for(version: Checkpoint) -> None:
    assert "meant for newcomers, 6%" in model_card(version)
