"""Every part from one set of examples: draw the epochs, read them, fit the parts, fit what each counts for.

The GPT never sees the validation examples, nor one correction in five. On those, all parts are asked (the others as
fitted without them), their shares are fitted, and calibration and thresholds chosen; then the parts that take
seconds are fitted once more, to everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from classifier.blend import Blend, Parts, lengths_of
from classifier.encoder.head import EncoderHead
from classifier.encoder.stored import Encoder
from classifier.model import Head
from classifier.pretrained import BaseModel
from classifier.probe import Probe
from classifier.wide import Wide
from training import calibration, encoder_head, epochs, finetune, probe, stacking, wide
from training.datasets import Example, gist
from training.epochs import History, Looker
from training.features import Features, Reader
from training.plan import planned, sample, weights_of
from training.recipe import TrainConfig
from training.reporter import Reporter
from training.stacking import Shares
from training.thresholds import Scored


@dataclass(frozen=True)
class Learned:
    """The parts of a finished run and how they add up."""

    head: Head
    probe: Probe | None
    wide: Wide
    blend: Blend
    encoder_head: EncoderHead | None = None
    encoder: Encoder | None = None
    probe_share: float = 1.0  # of the sum; its ratio to the network's is multiplied into the probe's weights

    @property
    def shares(self) -> Shares:
        """What each part's log-odds count for."""
        return Shares(self.blend.network_share, self.probe_share, self.blend.wide_share, self.blend.encoder_share)

    def parts(self, features: Features, texts: Sequence[str]) -> Parts:
        """What each part says of each text; `features` are the texts'."""
        network = np.asarray(finetune.log_odds(self.head, features))
        if self.probe is not None:
            network = network + np.asarray(probe.log_odds(self.probe, features))
        return Parts(network, self.wide.logits(texts), self._read_off(features), lengths_of(texts))

    def log_odds(self, features: Features, texts: Sequence[str]) -> list[float]:
        """Calibrated log-odds of spam of each text."""
        return [float(z) for z in self.blend.log_odds(self.parts(features, texts))]

    def scores(self, features: Features, texts: Sequence[str]) -> list[float]:
        """The same as probabilities."""
        return calibration.scores(self.log_odds(features, texts))

    def _read_off(self, features: Features) -> NDArray[np.float64]:
        if self.encoder_head is None or features.embeddings is None:
            return np.zeros(len(features))
        found: NDArray[np.float64] = self.encoder_head.log_odds(features.embeddings)
        return found


@dataclass(frozen=True)
class Outcome:
    """What a run learned, how, and what that says of the validation examples."""

    learned: Learned
    history: History
    validation: Scored  # by parts that had not seen them
    overheard: list[float] = field(default_factory=list)  # scores of ham of the chats themselves, by the same parts


def learn(
    base: BaseModel,
    reader: Reader,
    train: Sequence[Example],
    validation: Sequence[Example],
    config: TrainConfig,
    reporter: Reporter,
    overheard: Sequence[Example] = (),
) -> Outcome:
    """Fit every part to what the epochs draw of `train`; shares and calibration are chosen on `validation`.

    `overheard` is ham of the chats themselves that is never learned from: the calibration, too, is chosen on it.
    Always starts from the base model, so what was withdrawn since an earlier run is forgotten.
    Raises TrainingDiverged.
    """
    kept = [is_kept_from_gpt(example, config) for example in train]
    shown = [example for example, is_kept in zip(train, kept, strict=True) if not is_kept]
    chosen_by, overheard = (sample(side, config.asked_examples, config) for side in (validation, overheard))
    asked = [*chosen_by, *overheard, *(example for example, is_kept in zip(train, kept, strict=True) if is_kept)]
    plan = planned(shown, config)
    features = read(reader, plan.examples, config, reporter)
    asked_features = read(reader, asked, config, reporter)
    head, history = epochs.fit(base, features, plan, Looker(asked_features, asked), config, reporter)
    probed = probe.fit(features, plan.examples, config) if config.probe_share else None
    reporter.begin(f"Fitting n-grams and encoder to {len(train) + len(validation):,} messages, twice", 2)
    quick, encoder = _fit_quick(reader, shown, config), reader.embedder.encoder if reader.embedder else None
    reporter.advance(1)
    learned = stacked(Learned(head, probed, *quick, encoder), asked_features, asked, config)
    chosen_on, until = [*chosen_by, *overheard], len(chosen_by)
    learned = calibrated(learned, asked_features.part(0, len(chosen_on)), chosen_on)
    said = scored(learned, asked_features.part(0, len(chosen_on)), chosen_on)
    wide_half, _, read_off = _fit_quick(reader, [*train, *validation], config)
    reporter.advance(1)
    learned = replace(learned, wide=wide_half, encoder_head=read_off)
    return Outcome(learned, history, said.of(range(until)), list(said.scores[until:]))


def is_kept_from_gpt(example: Example, config: TrainConfig) -> bool:
    """Whether a correction is one that only the quick parts learn, so that the parts' shares can be fitted with it."""
    if example.origin != "correction" or not config.stacked_of:
        return False
    return (
        hashlib.sha256(f"shares {gist(example.text)}".encode("utf-8", "replace")).digest()[0] % config.stacked_of == 0
    )


def _fit_quick(
    reader: Reader, examples: Sequence[Example], config: TrainConfig
) -> tuple[Wide, Blend, EncoderHead | None]:
    """The n-grams and what is read off the encoder, each from as many examples as it has room for."""
    spelt, taken = (sample(examples, room, config) for room in (config.quick_examples, config.encoder_examples))
    embeddings = reader.embed([example.text for example in taken])
    read_off = encoder_head.fit(embeddings, taken, config) if embeddings is not None else None
    return wide.fit(spelt, config), Blend(), read_off


def stacked(learned: Learned, features: Features, asked: Sequence[Example], config: TrainConfig) -> Learned:
    """The same with the shares that suit these examples, which no part has learned."""
    texts, labels = [example.text for example in asked], [example.is_spam for example in asked]
    said = learned.parts(features, texts)
    of_probe = np.asarray(probe.log_odds(learned.probe, features)) if learned.probe else np.zeros(len(asked))
    prior = Shares(
        config.network_share,
        config.probe_share if learned.probe else 0.0,
        config.wide_share,
        config.encoder_share if learned.encoder_head else 0.0,
    )
    weights = weights_of(asked, config.linear_correction_weight)
    shares = stacking.fit([said.network - of_probe, of_probe, said.ngrams, said.encoder], labels, weights, prior)
    blend = Blend(shares.ngrams, network_share=shares.gpt, encoder_share=shares.encoder, short_shift=config.short_shift)
    counted = probe.counting(learned.probe, shares.probe / shares.gpt) if learned.probe else None
    return replace(learned, blend=blend, probe=counted, probe_share=shares.probe)


def calibrated(learned: Learned, features: Features, validation: Sequence[Example]) -> Learned:
    """The same with the temperature and the shift that suit these examples."""
    sums = learned.blend.sum(learned.parts(features, [example.text for example in validation]))
    temperature, shift = calibration.temperature_and_shift(sums, [example.is_spam for example in validation])
    return replace(learned, blend=replace(learned.blend, temperature=temperature, shift=shift))


def read(reader: Reader, examples: Sequence[Example], config: TrainConfig, reporter: Reporter) -> Features:
    """The examples' features, told as a stage."""
    reporter.begin(f"Reading {len(examples):,} messages with the frozen {config.frozen_blocks} blocks", len(examples))
    return reader.read([example.text for example in examples], reporter.advance)


def scored(learned: Learned, known: Features, examples: Sequence[Example]) -> Scored:
    """The examples' scores beside their labels and lengths."""
    texts, labels = [example.text for example in examples], [example.is_spam for example in examples]
    return Scored(learned.scores(known, texts), labels, [len(text) for text in texts])
