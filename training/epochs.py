"""The GPT's epochs, and a look at validation texts now and then, for the plots and whoever watches."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

import numpy as np

from classifier.model import Head
from classifier.pretrained import BaseModel
from training import finetune
from training.datasets import Example
from training.features import Features
from training.plan import Plan
from training.recipe import TrainConfig
from training.reporter import Reporter

LOOKS_PER_EPOCH = 2  # at validation data, for the plots
LOOKED_AT = 200  # validation texts a look takes, at most
SMOOTHED_OVER = 25  # steps whose losses one point of the plots is the mean of


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
    """Looks at a few validation texts now and then: at LOOKED_AT of the examples whose features are known."""

    def __init__(self, known: Features, examples: Sequence[Example]) -> None:
        self._known = known.part(0, LOOKED_AT)
        self._signs = np.where([example.is_spam for example in examples[:LOOKED_AT]], 1.0, -1.0)

    def look(self, head: Head) -> tuple[float, float]:
        """The GPT's log loss and accuracy."""
        margins = self._signs * np.asarray(finetune.log_odds(head, self._known))
        return float(np.logaddexp(0.0, -margins).mean()), float((margins > 0).mean())


def fit(
    base: BaseModel,
    known: Features,
    plan: Plan,
    looker: Looker,
    config: TrainConfig,
    reporter: Reporter,
) -> tuple[Head, History]:
    """A head fine-tuned as the plan says, and what was seen on the way. Raises TrainingDiverged."""
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
