"""Fitting every part to one set of examples: draw the epochs, read them, fit the parts, fit their shares.

The GPT never sees the validation examples, nor one correction in five. All parts score those (the other parts as fitted
without them); on these scores the shares are fitted, and calibration and thresholds chosen. Then the parts that take
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
from classifier.gpt.model import Head
from classifier.gpt.pretrained import BaseModel
from classifier.ngrams import NGramModel
from classifier.probe import Probe
from training.data.datasets import Example, gist
from training.fit import calibration, encoder_head, epochs, finetune, ngrams, probe, stacking
from training.fit.epochs import History, Looker
from training.fit.features import Features, Reader
from training.fit.plan import planned, sample, weights_of
from training.fit.progress import Reporter
from training.fit.recipe import TrainConfig
from training.fit.stacking import Shares
from training.fit.thresholds import Scored


@dataclass(frozen=True)
class Learned:
    """The fitted parts of a run and how they add up."""

    head: Head
    probe: Probe | None
    ngram_model: NGramModel
    blend: Blend
    encoder_head: EncoderHead | None = None
    encoder: Encoder | None = None
    probe_share: float = 1.0  # of the sum; its ratio to the network's is multiplied into the probe's weights

    @property
    def shares(self) -> Shares:
        """How much each part's log-odds count."""
        return Shares(self.blend.network_share, self.probe_share, self.blend.wide_share, self.blend.encoder_share)

    def parts(self, features: Features, texts: Sequence[str]) -> Parts:
        """Each part's log-odds of each text; `features` are the texts'."""
        network = np.asarray(finetune.log_odds(self.head, features))
        if self.probe is not None:
            network = network + np.asarray(probe.log_odds(self.probe, features))
        return Parts(network, self.ngram_model.logits(texts), self._encoder_log_odds(features), lengths_of(texts))

    def log_odds(self, features: Features, texts: Sequence[str]) -> list[float]:
        """Calibrated log-odds of spam of each text."""
        return [float(z) for z in self.blend.log_odds(self.parts(features, texts))]

    def scores(self, features: Features, texts: Sequence[str]) -> list[float]:
        """The same as probabilities."""
        return calibration.scores(self.log_odds(features, texts))

    def _encoder_log_odds(self, features: Features) -> NDArray[np.float64]:
        if self.encoder_head is None or features.embeddings is None:
            return np.zeros(len(features))
        log_odds: NDArray[np.float64] = self.encoder_head.log_odds(features.embeddings)
        return log_odds


@dataclass(frozen=True)
class Outcome:
    """The fitted parts, the history of fine-tuning, and the scores of examples that were not learned from."""

    learned: Learned
    history: History
    validation: Scored  # by parts fitted without these examples
    overheard: list[float] = field(default_factory=list)  # scores of the chats' own ham, by the same parts


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

    `overheard` is the chats' own ham that is never learned from; the calibration is chosen on it too.
    Always starts from the base model, so that what was withdrawn since an earlier run is forgotten.
    Raises TrainingDiverged.
    """
    withheld = withheld_from_gpt(train, config)
    shown = [example for example in train if not is_kept_from_gpt(example, config)]
    validated, overheard = (sample(side, config.asked_examples, config) for side in (validation, overheard))
    chosen_on = [*validated, *overheard]
    unseen, plan = [*chosen_on, *withheld], planned(shown, config)
    features = read_in_a_stage(reader, plan.examples, config, reporter)
    unseen_features = read_in_a_stage(reader, unseen, config, reporter)
    head, history = epochs.fit(base, features, plan, Looker(unseen_features, unseen), config, reporter)
    probed = probe.fit(features, plan.examples, config) if config.probe_share else None
    del features  # of thousands of texts: fitting the n-grams takes as much memory
    reader.rest()
    reporter.begin(f"Fitting n-grams and encoder to {len(train) + len(validation):,} messages, twice", 2)
    quick, encoder = _fit_quick(reader, shown, config), reader.embedder.encoder if reader.embedder else None
    reporter.advance(1)
    learned = stacked(Learned(head, probed, *quick, encoder), unseen_features, unseen, config)
    learned = calibrated(learned, unseen_features.part(0, len(chosen_on)), chosen_on)
    scores = scored(learned, unseen_features.part(0, len(chosen_on)), chosen_on)
    del unseen_features
    reader.rest()
    ngram_model, _, head_of_encoder = _fit_quick(reader, [*train, *validation], config)
    reporter.advance(1)
    learned = replace(learned, ngram_model=ngram_model, encoder_head=head_of_encoder)
    return Outcome(learned, history, scores.of(range(len(validated))), list(scores.scores[len(validated) :]))


def is_kept_from_gpt(example: Example, config: TrainConfig) -> bool:
    """Whether only the quick parts learn the example, so that the parts' shares can be fitted on it: one correction in five."""
    if example.origin != "correction" or not config.stacked_of:
        return False
    digest = hashlib.sha256(f"shares {gist(example.text)}".encode("utf-8", "replace")).digest()
    return digest[0] % config.stacked_of == 0


def withheld_from_gpt(train: Sequence[Example], config: TrainConfig) -> list[Example]:
    """Corrections that only the quick parts learn, `asked_examples` of them at most: the features of each are in memory."""
    return sample([example for example in train if is_kept_from_gpt(example, config)], config.asked_examples, config)


def _fit_quick(
    reader: Reader, examples: Sequence[Example], config: TrainConfig
) -> tuple[NGramModel, Blend, EncoderHead | None]:
    """The n-gram model and the encoder's head, each fitted to as many examples as the recipe allows it."""
    for_ngrams, for_encoder = (sample(examples, n, config) for n in (config.quick_examples, config.encoder_examples))
    embeddings = reader.embed([example.text for example in for_encoder])
    head = None
    if embeddings is not None and reader.embedder is not None:
        head = encoder_head.fit(embeddings, for_encoder, config, reader.embedder.read_out)
    return ngrams.fit(for_ngrams, config), Blend(), head


def stacked(learned: Learned, features: Features, unseen: Sequence[Example], config: TrainConfig) -> Learned:
    """The same with the shares fitted to these examples, which no part has learned."""
    texts, labels = [example.text for example in unseen], [example.is_spam for example in unseen]
    parts = learned.parts(features, texts)
    of_probe = np.asarray(probe.log_odds(learned.probe, features)) if learned.probe else np.zeros(len(unseen))
    prior = Shares(
        config.network_share,
        config.probe_share if learned.probe else 0.0,
        config.wide_share,
        config.encoder_share if learned.encoder_head else 0.0,
    )
    weights = weights_of(unseen, config.linear_correction_weight)
    shares = stacking.fit([parts.network - of_probe, of_probe, parts.ngrams, parts.encoder], labels, weights, prior)
    blend = Blend(shares.ngrams, network_share=shares.gpt, encoder_share=shares.encoder, short_shift=config.short_shift)
    scaled = probe.scaled(learned.probe, shares.probe / shares.gpt) if learned.probe else None
    return replace(learned, blend=blend, probe=scaled, probe_share=shares.probe)


def calibrated(learned: Learned, features: Features, validation: Sequence[Example]) -> Learned:
    """The same with the temperature and the shift fitted to these examples, and what the GPT makes of them at most."""
    parts = learned.parts(features, [example.text for example in validation])
    is_spam = np.asarray([example.is_spam for example in validation], dtype=bool)
    temperature, shift = calibration.temperature_and_shift(learned.blend.sum(parts), is_spam.tolist())
    blend = replace(learned.blend, temperature=temperature, shift=shift)
    if not is_spam.all():
        most, usual = float(parts.network.max()), float(parts.network[~is_spam].mean())
        blend = replace(blend, network_most=most, network_usual=usual)
    return replace(learned, blend=blend)


def read_in_a_stage(reader: Reader, examples: Sequence[Example], config: TrainConfig, reporter: Reporter) -> Features:
    """The examples' features, reported as a stage of their own."""
    begin_reading(reporter, len(examples), config)
    return read(reader, examples, reporter)


def begin_reading(reporter: Reporter, count: int, config: TrainConfig) -> None:
    """Report that a stage begins in which the features of so many messages are read."""
    reporter.begin(f"Reading {count:,} messages with the frozen {config.frozen_blocks} blocks", count)


def read(reader: Reader, examples: Sequence[Example], reporter: Reporter) -> Features:
    """The examples' features, reported as progress of the stage that is under way."""
    features = reader.read([example.text for example in examples], reporter.advance)
    reader.rest()
    return features


def scored(learned: Learned, features: Features, examples: Sequence[Example]) -> Scored:
    """The examples' scores with their labels and lengths."""
    texts, labels = [example.text for example in examples], [example.is_spam for example in examples]
    return Scored(learned.scores(features, texts), labels, [len(text) for text in texts])
