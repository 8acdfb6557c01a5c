"""Wide and deep from one set of examples: draw the epochs, read them, fit every part, add them up."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import numpy as np

from classifier.model import Head
from classifier.pretrained import BaseModel
from classifier.probe import Probe
from classifier.wide import Blend, Wide
from training import calibration, finetune, probe, wide
from training.datasets import Example
from training.features import Features, Reader
from training.plan import Plan, planned, sample
from training.recipe import TrainConfig
from training.reporter import Reporter
from training.thresholds import Scored

LOOKS_PER_EPOCH = 2  # at validation data, for the plots
LOOKED_AT = 200  # validation texts a look takes, at most
SMOOTHED_OVER = 25  # steps whose losses one point of the plots is the mean of


@dataclass(frozen=True)
class Learned:
    """The parts of a finished run and how they add up."""

    head: Head
    probe: Probe | None
    wide: Wide
    blend: Blend

    def log_odds(self, known: Features, texts: Sequence[str]) -> list[float]:
        """Calibrated log-odds of spam of each text; `known` are the texts' features."""
        deep = finetune.log_odds(self.head, known)
        if self.probe is not None:
            deep = [a + b for a, b in zip(deep, probe.log_odds(self.probe, known), strict=True)]
        return self.blend.log_odds(deep, list(self.wide.logits(texts)))

    def scores(self, known: Features, texts: Sequence[str]) -> list[float]:
        """The same as probabilities."""
        return calibration.scores(self.log_odds(known, texts))


@dataclass(frozen=True)
class Look:
    """One point of the plots: where training stood, and the losses and accuracies around it."""

    epoch: float
    examples_seen: int
    training_loss: float
    training_accuracy: float
    validation_loss: float
    validation_accuracy: float


@dataclass
class History:
    """The points of a run's plots, in order."""

    looks: list[Look] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What a run learned, how, and what that says of the validation examples."""

    learned: Learned
    history: History
    validation: Scored


def learn(
    base: BaseModel,
    reader: Reader,
    train: Sequence[Example],
    validation: Sequence[Example],
    config: TrainConfig,
    reporter: Reporter,
) -> Outcome:
    """Fit every part to what the epochs draw of `train`; the temperature is chosen on `validation`.

    Always starts from the base model, so what was withdrawn since an earlier run is forgotten.
    Raises TrainingDiverged.
    """
    plan = planned(train, config)
    known = read(reader, plan.examples, config, reporter)
    chosen_on = read(reader, validation, config, reporter)
    head, history = _fit_head(base, known, plan, _Looker(chosen_on, validation), config, reporter)
    wide_half = wide.fit(sample(train, config.epochs * config.epoch_examples, config), config)
    probed = probe.fit(known, plan.examples, config) if config.probe_share else None
    learned = calibrated(Learned(head, probed, wide_half, Blend(wide_share(train, config))), chosen_on, validation)
    return Outcome(learned, history, scored(learned, chosen_on, validation))


def wide_share(train: Sequence[Example], config: TrainConfig) -> float:
    """What the n-grams count for: they learn a new chat's words from few corrections, the GPT only from many."""
    corrections = sum(example.origin == "correction" for example in train)
    return min(config.wide_share_at_most, config.wide_share + config.wide_share_grows * corrections)


def calibrated(learned: Learned, known: Features, validation: Sequence[Example]) -> Learned:
    """The same with the temperature and the shift that suit these examples."""
    raw = replace(learned, blend=Blend(learned.blend.wide_share))
    log_odds = raw.log_odds(known, [example.text for example in validation])
    fitted = calibration.temperature_and_shift(log_odds, [example.is_spam for example in validation])
    return replace(learned, blend=Blend(learned.blend.wide_share, *fitted))


def read(reader: Reader, examples: Sequence[Example], config: TrainConfig, reporter: Reporter) -> Features:
    """The examples' features, told as a stage."""
    reporter.begin(f"Reading {len(examples):,} messages with the frozen {config.frozen_blocks} blocks", len(examples))
    return reader.read([example.text for example in examples], reporter.advance)


def scored(learned: Learned, known: Features, examples: Sequence[Example]) -> Scored:
    """The examples' scores beside their labels."""
    texts, labels = [example.text for example in examples], [example.is_spam for example in examples]
    return Scored(learned.scores(known, texts), labels)


class _Looker:
    """Looks at a few validation texts now and then."""

    def __init__(self, known: Features, examples: Sequence[Example]) -> None:
        self._known = known.part(0, LOOKED_AT)
        self._signs = np.where([example.is_spam for example in examples[:LOOKED_AT]], 1.0, -1.0)

    def look(self, head: Head) -> tuple[float, float]:
        """The GPT's log loss and accuracy."""
        margins = self._signs * np.asarray(finetune.log_odds(head, self._known))
        return float(np.logaddexp(0.0, -margins).mean()), float((margins > 0).mean())


def _fit_head(
    base: BaseModel,
    known: Features,
    plan: Plan,
    looker: _Looker,
    config: TrainConfig,
    reporter: Reporter,
) -> tuple[Head, History]:
    head, history = finetune.new_head(base, config), History()
    recent: deque[tuple[float, float]] = deque(maxlen=SMOOTHED_OVER)
    stage = f"Fine-tuning {config.trained_blocks} blocks on {len(plan.examples):,} messages, {config.epochs} epochs"
    labels = [example.is_spam for example in plan.examples]
    for progress in finetune.fit(head, known, labels, plan.epochs, config):
        if progress.step == 1:
            reporter.begin(stage, progress.steps)
        recent.append((progress.loss, progress.accuracy))
        loss, accuracy = fmean(r[0] for r in recent), fmean(r[1] for r in recent)
        reporter.advance(1, f"loss {loss:.3f}")
        every = max(1, progress.steps // (config.epochs * LOOKS_PER_EPOCH))
        if progress.step % every == 0 or progress.step == progress.steps:
            epoch = progress.step / progress.steps * config.epochs
            found = Look(epoch, progress.examples_seen, loss, accuracy, *looker.look(head))
            history.looks.append(found)
        if progress.ends_epoch:
            _tell(progress.epoch, history.looks[-1] if history.looks else None, reporter)
    return head, history


def _tell(epoch: int, look: Look | None, reporter: Reporter) -> None:
    if look is not None:
        reporter.say(
            f"epoch {epoch}: training loss {look.training_loss:.4f}, validation loss {look.validation_loss:.4f}, "
            f"validation accuracy {look.validation_accuracy:.2%}"
        )
