"""The course's loop: AdamW over shuffled batches, losses on a few of them as it goes, accuracies after each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier.gpt import products
from training.course.batches import Side, in_order, shuffled


@dataclass(frozen=True)
class Recipe:
    """The course's settings."""

    epochs: int = 5
    batch_size: int = 8
    accumulated: int = 1  # batches whose gradients make one step
    learning_rate: float = 5e-5
    weight_decay: float = 0.1
    evaluate_every: int = 50  # steps
    evaluate_batches: int = 5
    seed: int = 123
    products: str = "fp32"
    ignored_target: int = -100  # labels of this value are ignored in the loss; no class has it

    @property
    def dtype(self) -> torch.dtype:
        return products.dtype_named(self.products)


@dataclass(frozen=True)
class Step:
    """Where a run stands after a batch; losses are given every so many steps, accuracies at an epoch's end."""

    epoch: int
    step: int
    examples_seen: int
    losses: tuple[float, float] | None = None  # training, validation
    accuracies: tuple[float, float] | None = None


def steps(size: int, recipe: Recipe) -> int:
    """Batches of a whole run."""
    return recipe.epochs * (size // recipe.batch_size)


def fit(learner: nn.Module, train: Side, validation: Side, recipe: Recipe) -> Iterator[Step]:
    """Train in place, a batch at a time: yields where the run stands after each."""
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    learning = [parameter for parameter in learner.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)
    step = examples_seen = 0
    per_epoch = len(train) // recipe.batch_size
    for epoch in range(1, recipe.epochs + 1):
        for number, batch in enumerate(shuffled(len(train), recipe.batch_size, generator), start=1):
            learner.train()
            (_loss(learner, train, batch, recipe) / recipe.accumulated).backward()  # type: ignore[no-untyped-call]  # torch's is untyped
            is_last = number == per_epoch
            if number % recipe.accumulated == 0 or is_last:
                optimizer.step()
                optimizer.zero_grad()
            examples_seen += len(batch)
            is_evaluated = step % recipe.evaluate_every == 0
            losses = _losses(learner, train, validation, recipe, generator) if is_evaluated else None
            yield Step(
                epoch, step, examples_seen, losses, _few(learner, train, validation, recipe) if is_last else None
            )
            step += 1


def _loss(learner: nn.Module, side: Side, batch: list[int] | range, recipe: Recipe) -> Tensor:
    logits, labels = _logits(learner, side, batch, recipe)
    return F.cross_entropy(logits, labels, ignore_index=recipe.ignored_target)


def _logits(learner: nn.Module, side: Side, batch: list[int] | range, recipe: Recipe) -> tuple[Tensor, Tensor]:
    inputs, lengths, labels = side.batch(batch)
    with torch.autocast("cpu", dtype=recipe.dtype, enabled=recipe.dtype != torch.float32):
        return learner(inputs, lengths), labels


@torch.no_grad()
def _losses(
    learner: nn.Module, train: Side, validation: Side, recipe: Recipe, generator: torch.Generator
) -> tuple[float, float]:
    """Mean loss of a few batches of each side: random ones of training, the first ones of validation."""
    learner.eval()
    few, size = recipe.evaluate_batches, recipe.batch_size
    one = [_loss(learner, train, batch, recipe).item() for batch in islice(shuffled(len(train), size, generator), few)]
    other = [_loss(learner, validation, batch, recipe).item() for batch in islice(in_order(len(validation), size), few)]
    return sum(one) / max(len(one), 1), sum(other) / max(len(other), 1)


def _few(learner: nn.Module, train: Side, validation: Side, recipe: Recipe) -> tuple[float, float]:
    few = recipe.evaluate_batches
    return accuracy(learner, train, recipe, few), accuracy(learner, validation, recipe, few)


@torch.no_grad()
def accuracy(learner: nn.Module, side: Side, recipe: Recipe, batches: int | None = None) -> float:
    """Share of the texts whose larger logit is their class, over `batches` batches or all of them."""
    learner.eval()
    right = total = 0
    for batch in islice(in_order(len(side), recipe.batch_size), batches):
        logits, labels = _logits(learner, side, batch, recipe)
        right += int((logits.argmax(dim=-1) == labels).sum())
        total += len(labels)
    return right / max(total, 1)
