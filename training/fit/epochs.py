"""The GPT's epochs, with a look at validation texts now and then, for the plots and the reporter."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

import numpy as np

from classifier.gpt.model import Head
from classifier.gpt.pretrained import BaseModel
from training.data.datasets import Example
from training.fit import finetune
from training.fit.features import Features
from training.fit.plan import Plan
from training.fit.progress import Reporter
from training.fit.recipe import TrainConfig

LOOKS_PER_EPOCH = 2  # at validation data, for the plots
LOOKED_AT = 200  # validation texts per look, at most
SMOOTHED_OVER = 25  # steps over which a point of the plots averages the loss


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


class Looker:
    """Evaluates the head on the first LOOKED_AT of these examples and their features."""

    def __init__(self, features: Features, examples: Sequence[Example]) -> None:
        self._features = features.part(0, LOOKED_AT)
        self._signs = np.where([example.is_spam for example in examples[:LOOKED_AT]], 1.0, -1.0)

    def look(self, head: Head) -> tuple[float, float]:
        """The GPT's log loss and accuracy."""
        margins = self._signs * np.asarray(finetune.log_odds(head, self._features))
        return float(np.logaddexp(0.0, -margins).mean()), float((margins > 0).mean())


def fit(
    base: BaseModel,
    features: Features,
    plan: Plan,
    looker: Looker,
    config: TrainConfig,
    reporter: Reporter,
) -> tuple[Head, History]:
    """A head fine-tuned as the plan says, and the history of its losses. Raises TrainingDiverged."""
    head, history = finetune.new_head(base, config), History()
    recent: deque[tuple[float, float]] = deque(maxlen=SMOOTHED_OVER)
    stage = f"Fine-tuning {config.trained_blocks} blocks on {len(plan.examples):,} messages, {config.epochs} epochs"
    labels = [example.is_spam for example in plan.examples]
    for progress in finetune.fit(head, features, labels, plan.epochs, config):
        if progress.step == 1:
            reporter.begin(stage, progress.steps)
        recent.append((progress.loss, progress.accuracy))
        loss, accuracy = fmean(r[0] for r in recent), fmean(r[1] for r in recent)
        reporter.advance(1, f"loss {loss:.3f}")
        every = max(1, progress.steps // (config.epochs * LOOKS_PER_EPOCH))
        if progress.step % every == 0 or progress.step == progress.steps:
            epoch = progress.step / progress.steps * config.epochs
            history.looks.append(Look(epoch, progress.examples_seen, loss, accuracy, *looker.look(head)))
        if progress.ends_epoch:
            _report(progress.epoch, history.looks[-1] if history.looks else None, reporter)
    return head, history


def _report(epoch: int, look: Look | None, reporter: Reporter) -> None:
    if look is not None:
        reporter.say(
            f"epoch {epoch}: training loss {look.training_loss:.4f}, validation loss {look.validation_loss:.4f}, "
            f"validation accuracy {look.validation_accuracy:.2%}"
        )
