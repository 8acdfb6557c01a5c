"""The course on one page: from the data to a classifier that is saved, loaded and used.

Nothing is registered in the database: this run teaches, `hamlet train` serves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from classifier.gpt.model import SpamGPT
from classifier.gpt.pretrained import BaseModel
from training.course import batches, fitting, network, split
from training.course.batches import Side
from training.course.fitting import Recipe, Step
from training.course.network import Design
from training.data.datasets import Example, Split
from training.fit import plots
from training.fit.plots import Curve
from training.fit.progress import Reporter

WEIGHTS = "weights.safetensors"
BEGINNING = "Every effort moves you"
QUESTION = "Is the following text spam? Answer with yes or no: 'You are a winner! Claim your $1000 cash award now.'"
SAMPLES = (  # the course's own
    "You are a winner you have been specially selected to receive $1000 cash or a $2000 award.",
    "Hey, just wanted to check if we're still on for dinner tonight? Let me know!",
)
DESIGN, RECIPE = Design(), Recipe()
NAMES = ("training", "validation", "test")


@dataclass(frozen=True)
class Course:
    """What a run works with."""

    base: BaseModel
    split: Split
    folder: Path
    design: Design = DESIGN
    recipe: Recipe = RECIPE

    @property
    def length(self) -> int:
        """Tokens that each text is padded or cut to: those of the longest training text."""
        return min(batches.longest(self.base.tokenizer, self.split.train), self.base.config.context_length)

    @property
    def sides(self) -> tuple[list[Example], list[Example], list[Example]]:
        return self.split.train, self.split.validation, self.split.hold_out


def run(course: Course, reporter: Reporter) -> tuple[float, ...]:
    """Sections 1 to 7. Files land in the course's folder; the final accuracies of the three sides are returned."""
    course.folder.mkdir(parents=True, exist_ok=True)
    split.write(course.split, course.folder)
    encoded = _batches(course, reporter)
    _generate(course.base, reporter)
    model = network.build(course.base, course.design, course.recipe.seed)
    read = [_read_once(course, model, side, name, reporter) for side, name in zip(encoded, NAMES, strict=True)]
    learner = network.learner(model, course.design)
    reporter.say(
        "Before fine-tuning, about chance: " + _in_words([fitting.accuracy(learner, s, course.recipe) for s in read])
    )
    _fine_tune(course, model, read, reporter)
    accuracies = tuple(fitting.accuracy(learner, side, course.recipe) for side in read)
    reporter.say("After fine-tuning, on all of each side: " + _in_words(list(accuracies)))
    _use(course, model, reporter)
    return accuracies


def _batches(course: Course, reporter: Reporter) -> list[Side]:
    size = course.recipe.batch_size
    sides = [batches.encode(course.base.tokenizer, side, course.length, course.length) for side in course.sides]
    counts = [len(sides[0]) // size, -(-len(sides[1]) // size), -(-len(sides[2]) // size)]
    reporter.say(
        f"Longest training text: {course.length} tokens; every text is padded with end-of-text (id "
        f"{batches.end_of_text(course.base.tokenizer)}) or cut to that"
    )
    reporter.say(
        f"Batches of {size}: {counts[0]} training (what is left over dropped), {counts[1]} validation, {counts[2]} test"
    )
    return sides


def _generate(base: BaseModel, reporter: Reporter) -> None:
    """Show that the pretrained model writes sense, and yet does not follow the instruction."""
    model = base.language_model()
    for prompt, tokens in ((BEGINNING, 15), (QUESTION, 23)):
        made = base.tokenizer.decode(model.continue_greedily(base.tokenizer.encode(prompt), tokens))
        reporter.say(f"{prompt!r} goes on: {made!r}")


def _read_once(course: Course, model: SpamGPT, side: Side, name: str, reporter: Reporter) -> Side:
    if not course.design.has_frozen_trunk:
        return side
    reporter.begin(f"The frozen {len(model.trunk.blocks)} blocks read the {name} texts, once", len(side))
    return network.through_frozen(model.trunk, side, course.recipe.dtype, reporter.advance)


def _fine_tune(course: Course, model: SpamGPT, sides: list[Side], reporter: Reporter) -> None:
    learner, recipe, began = network.learner(model, course.design), course.recipe, time.monotonic()
    reporter.begin(f"Fine-tuning, {recipe.epochs} epochs", fitting.steps(len(sides[0]), recipe))
    steps: list[Step] = []
    for step in fitting.fit(learner, sides[0], sides[1], recipe):
        reporter.advance(1, "" if step.losses is None else f"loss {step.losses[0]:.3f}")
        if step.losses is not None:
            reporter.say(
                f"epoch {step.epoch}, step {step.step}: training loss {step.losses[0]:.3f}, validation loss {step.losses[1]:.3f}"
            )
        if step.accuracies is not None:
            reporter.say(
                f"epoch {step.epoch}: "
                + _in_words(list(step.accuracies))
                + f", on {recipe.evaluate_batches} batches each"
            )
        steps.append(step)
    reporter.say(
        f"Fine-tuned in {(time.monotonic() - began) / 60:.2f} minutes; {steps[-1].examples_seen:,} examples seen"
    )
    _draw(steps, len(sides[0]), course.folder)


def _draw(steps: list[Step], size: int, folder: Path) -> None:
    losses = [(step, step.losses) for step in steps if step.losses is not None]
    accuracies = [(step, step.accuracies) for step in steps if step.accuracies is not None]
    for what, points in (("loss", losses), ("accuracy", accuracies)):
        examples_seen = [step.examples_seen for step, _ in points]
        pairs = [pair for _, pair in points]
        curve = Curve(
            [n / size for n in examples_seen], examples_seen, [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        )
        plots.draw(curve, what, folder / f"{what}.svg")


def _use(course: Course, model: SpamGPT, reporter: Reporter) -> None:
    """Classify two texts, save the weights, load them into a new network, classify again."""
    path = course.folder / WEIGHTS
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, path)
    again = load(course, path)
    for text in SAMPLES:
        before, after = is_spam(course, model, text), is_spam(course, again, text)
        reporter.say(
            f"{text!r} is {'spam' if before else 'ham'}, and {'spam' if after else 'ham'} by the weights read back"
        )


def load(course: Course, path: Path) -> SpamGPT:
    """The network with the weights that a run saved. Raises OSError, SafetensorError or RuntimeError on others."""
    model = network.build(course.base, course.design, course.recipe.seed)
    model.load_state_dict(load_file(path), strict=True)
    return model.eval()


@torch.inference_mode()
def is_spam(course: Course, model: SpamGPT, text: str) -> bool:
    """Encode, cut, pad, and take the larger logit; softmax would not change which is larger."""
    model.eval()
    ids, _ = batches.padded(course.base.tokenizer, text, course.length, course.length)
    return bool(model(torch.tensor([ids]), torch.tensor([len(ids)])).argmax(dim=-1).item())


def _in_words(accuracies: list[float]) -> str:
    return ", ".join(f"{name} accuracy {share:.2%}" for name, share in zip(NAMES, accuracies, strict=False))
