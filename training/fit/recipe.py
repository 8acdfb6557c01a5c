"""The recipe of a run: every number that training, measuring and serving share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from classifier.reading import SPELT

RUN_TO_RUN = 0.5  # scale of the logistic noise of a score's log-odds from one run of a recipe to the next


@dataclass(frozen=True)
class TrainConfig:
    """The recipe. One default serves training and every measurement; its hash names it."""

    base_model: str = "smollm2-135m"
    encoder: str = "multilingual-e5-small"  # empty: none
    frozen_blocks: int = 8
    trained_blocks: int = 4
    averages: bool = True  # the classes read the mean of all tokens beside the last one
    epochs: int = 2
    pool_examples: int = 1_000  # the GPT sees, at most, so that a run's time does not grow with its snapshot
    epoch_examples: int = 800  # of these in each epoch
    asked_examples: int = 1_200  # that shares and thresholds are chosen on, at most; as many of overheard ham
    measured_examples: int = 10_000  # of the hold-out set that the version's figures come from, at most
    quick_examples: int = 18_000  # that the n-gram model learns from, at most
    encoder_examples: int = 11_500  # that the encoder's head learns from, at most; embedding a text takes longest
    correction_weight: float = 2.0  # how often an epoch shows the GPT a moderator's correction
    ham_per_spam: float = 3.0  # at most, in what the GPT sees of an epoch; the calibration's shift makes up for it
    batch_size: int = 32
    learning_rate: float = 5e-4
    weight_decay: float = 0.1
    warmup_share: float = 0.1  # of all steps; then the rate falls along a cosine to a tenth
    clip_norm: float = 1.0
    average_from: float = 1 / 3  # share of the steps after which the weights are averaged (Izmailov et al., 2018)
    average_every: int = 4  # steps between two weights that count
    ngram_shortest: int = 1  # characters
    ngram_longest: int = 5
    ngram_buckets: int = 2**18
    ngram_manner: int = SPELT  # how n-grams and encoder read a text, see classifier/reading.py
    wide_inverse_penalty: float = 10.0  # the logistic regression's C
    linear_correction_weight: float = 10.0  # how many seed examples a correction counts for there and for the probe
    probe_inverse_penalty: float = 100.0  # the C of the logistic regression on the frozen blocks' states
    network_share: float = 0.3  # of the GPT's log-odds; the shares that stacking starts from
    probe_share: float = 0.1  # of the probe's; 0: no probe
    wide_share: float = 1.0  # of the n-gram model's
    encoder_share: float = 1.0  # of the encoder's
    short_shift: float = 3.0  # log-odds by which a text of no length is lowered; seed sets have too much short spam
    stacked_of: int = 5  # one correction in so many is withheld from the GPT, to fit the shares on
    encoder_depth: float = 2 / 3  # share of the encoder's blocks after which its vectors are read
    encoder_prefixed: bool = False  # whether texts begin with the prefix that the encoder was trained with
    encoder_units: int = 128  # of the hidden layer that reads the encoder's vectors
    encoder_epochs: int = 8
    encoder_networks: int = 2  # that are averaged
    seed: int = 123
    products: str = "auto"  # bf16 where the processor has instructions for it, else fp32; weights and sums are fp32

    @property
    def hash(self) -> str:
        """The name of the recipe: 16 hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def hurried(self) -> TrainConfig:
        """The same without fine-tuning and on so few examples that it takes about a minute: its version serves meanwhile."""
        return replace(
            self,
            epochs=0,
            pool_examples=200,
            epoch_examples=200,
            asked_examples=300,
            measured_examples=200,
            quick_examples=5_000,
            encoder_examples=2_000,
        )

    @property
    def trained(self) -> range:
        """Indices of the base model's blocks that learn."""
        return range(self.frozen_blocks, self.frozen_blocks + self.trained_blocks)
