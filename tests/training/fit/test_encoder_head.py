"""What is read off the encoder's vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifier.encoder.head import EncoderHead
from training.data.datasets import Example
from training.fit import encoder_head
from training.fit.recipe import TrainConfig

CONFIG = TrainConfig(encoder_units=16, encoder_epochs=12)


def made(n: int, seed: int = 0) -> tuple[np.ndarray, list[Example]]:
    """Vectors of width 8 whose first two numbers tell the class, but no line does: spam lies where both have one sign."""
    chooser = np.random.default_rng(seed)
    vectors = chooser.normal(0, 1, (n, 8)).astype(np.float32)
    return vectors, [Example(str(i), bool(v[0] * v[1] > 0)) for i, v in enumerate(vectors)]


def test_it_tells_apart_what_no_line_does() -> None:
    fitted = encoder_head.fit(*made(2_000), replace(CONFIG, encoder_epochs=40))
    vectors, examples = made(400, seed=1)
    right = (fitted.log_odds(vectors) > 0) == [example.is_spam for example in examples]
    assert right.mean() > 0.85


def test_the_same_examples_give_the_same_head() -> None:
    one, other = (encoder_head.fit(*made(200), CONFIG) for _ in range(2))
    np.testing.assert_array_equal(one.hidden, other.hidden)
    assert one.bias == other.bias


def test_a_number_that_never_varies_does_no_harm() -> None:
    vectors, examples = made(200)
    vectors[:, 5] = 1.0
    assert np.isfinite(encoder_head.fit(vectors, examples, CONFIG).log_odds(vectors)).all()


def test_a_correction_weighs_more_than_a_seed_example() -> None:
    vectors, examples = made(400)
    config = replace(CONFIG, encoder_epochs=60, linear_correction_weight=50.0)
    wrong = [replace(examples[0], is_spam=not examples[0].is_spam), *examples[1:]]
    corrected = [replace(wrong[0], origin="correction"), *wrong[1:]]
    as_seed, as_correction = (
        encoder_head.fit(vectors, some, config).log_odds(vectors[:1])[0] for some in (wrong, corrected)
    )
    assert (as_correction > as_seed) == wrong[0].is_spam


def test_its_parts_are_stored_and_read_again() -> None:
    fitted = encoder_head.fit(*made(100), CONFIG)
    vectors = made(10)[0]
    np.testing.assert_allclose(EncoderHead.of(fitted.arrays()).log_odds(vectors), fitted.log_odds(vectors), rtol=1e-5)


def test_parts_that_do_not_fit_together_are_refused() -> None:
    arrays = encoder_head.fit(*made(100), CONFIG).arrays()
    with pytest.raises(ValueError, match="parts of different sizes"):
        EncoderHead.of(arrays | {"weights": arrays["weights"][:3]})
