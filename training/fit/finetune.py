"""Fine-tuning: the last blocks, the norm and the two classes learn; the trunk stays as it was pretrained."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier import resident_memory
from classifier.gpt import products
from classifier.gpt.model import Head, fill
from classifier.gpt.pretrained import BaseModel
from training.errors import BaseModelTooShallow, TrainingDiverged
from training.fit.features import Features
from training.fit.recipe import TrainConfig
from training.fit.sampling import batches, parts

PART_POSITIONS = (
    512  # padded positions that pass the head together; four times as many take 300 MB more and no less time
)


@dataclass(frozen=True)
class Progress:
    """Where a run stands after a step."""

    epoch: int  # from 1
    step: int  # from 1
    steps: int  # of the whole run
    examples_seen: int
    loss: float  # cross-entropy of this step's batch
    accuracy: float  # on this step's batch, before the step
    ends_epoch: bool = False


def require_depth(base: BaseModel, config: TrainConfig) -> None:
    """Raises BaseModelTooShallow where the recipe asks for more blocks than there are."""
    if config.trained.stop > base.config.n_blocks:
        raise BaseModelTooShallow(base.name, base.config.n_blocks, config.trained.stop)


def new_head(base: BaseModel, config: TrainConfig) -> Head:
    """A head whose blocks and norm are the base model's and whose two classes start at random, seeded.

    Without epochs to come the classes are zero: a GPT that has learned nothing says nothing.
    Raises BaseModelTooShallow where the recipe asks for more blocks than there are.
    """
    require_depth(base, config)
    torch.manual_seed(config.seed)
    head = Head(base.config, config.trained_blocks, config.averages)
    trained = config.trained
    copied = {key: value.clone() for key, value in base.blocks(trained.start, trained.stop).items()}
    copied |= {key: value.clone() for key, value in base.norm().items()}
    learns = float(config.epochs > 0)
    copied |= {f"classes.{key}": value * learns for key, value in head.classes.state_dict().items()}
    return fill(head, copied, base.config)


def fit(
    head: Head,
    features: Features,
    labels: Sequence[bool],
    epochs: Sequence[Sequence[int]],
    config: TrainConfig,
    part_positions: int = PART_POSITIONS,
) -> Iterator[Progress]:
    """Train the head in place, a step at a time: yields where the run stands after each.

    `epochs` says which examples each epoch sees, as indices into features and labels. The head ends as the average
    of its weights over the later steps, which varies less with seed and order than the last weights do.
    Raises TrainingDiverged at the first step whose loss is not a number.
    """
    torch.manual_seed(config.seed)
    optimizer = torch.optim.AdamW(_groups(head, config), lr=config.learning_rate, fused=True)
    average, targets = Average(head), torch.tensor(labels, dtype=torch.long)
    steps = sum(math.ceil(len(order) / config.batch_size) for order in epochs)
    step = examples_seen = 0
    for number, order in enumerate(epochs, start=1):
        planned = list(batches(order, features.lengths, config.batch_size, f"{config.seed}/{number}/batches"))
        for batch in planned:
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _rate(step, steps, config)
            loss, right = _step(head, features, targets, batch, optimizer, config, part_positions)
            resident_memory.give_back()  # texts of another length leave gaps: in bf16 660 MB after 40 steps
            step, examples_seen = step + 1, examples_seen + len(batch)
            if not math.isfinite(loss):
                raise TrainingDiverged(step, steps)
            if step > steps * config.average_from and step % config.average_every == 0:
                average.count(head)
            yield Progress(number, step, steps, examples_seen, loss, right / len(batch), batch is planned[-1])
    average.put_into(head)
    head.eval()


class Average:
    """The running mean of a network's weights."""

    def __init__(self, network: nn.Module) -> None:
        self._mean = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        self._counted = 0

    def count(self, network: nn.Module) -> None:
        """Include the network's weights as they are now."""
        self._counted += 1
        for name, weight in network.named_parameters():
            self._mean[name].lerp_(weight.detach(), 1 / self._counted)

    @torch.no_grad()
    def put_into(self, network: nn.Module) -> None:
        """Give the network the mean, if anything was counted."""
        for name, weight in network.named_parameters():
            if self._counted:
                weight.copy_(self._mean[name])


def _groups(head: Head, config: TrainConfig) -> list[dict[str, Any]]:
    """Parameter groups: matrices decay, norms and biases do not."""
    matrices = [p for p in head.parameters() if p.dim() > 1]
    others = [p for p in head.parameters() if p.dim() <= 1]
    return [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]


def _step(
    head: Head,
    features: Features,
    targets: Tensor,
    batch: list[int],
    optimizer: torch.optim.Optimizer,
    config: TrainConfig,
    part_positions: int,
) -> tuple[float, int]:
    """One step of the optimiser. Returns the batch's mean loss and how many of it were right before the step.

    The batch passes in parts of similar length whose gradients are added up: the same step except for rounding.
    """
    dtype = products.dtype_named(config.products)
    head.train()
    optimizer.zero_grad(set_to_none=True)
    loss, right = 0.0, 0
    for part in parts(batch, features.lengths, part_positions):
        hidden, lengths = features.batch(part)
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            logits = head(hidden, lengths)
        share = F.cross_entropy(logits, targets[part]) * (len(part) / len(batch))
        share.backward()  # type: ignore[no-untyped-call]  # torch's is untyped
        loss, right = loss + share.item(), right + int((logits.argmax(dim=-1) == targets[part]).sum())
    torch.nn.utils.clip_grad_norm_(head.parameters(), config.clip_norm)
    optimizer.step()
    return loss, right


def _rate(step: int, steps: int, config: TrainConfig) -> float:
    """The share of the learning rate at a step: a linear rise, then a cosine down to a tenth."""
    warmup = max(1, int(steps * config.warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


@torch.inference_mode()
def log_odds(head: Head, features: Features, part_positions: int = PART_POSITIONS) -> list[float]:
    """The GPT's log-odds of spam for each text, in their order, fp32."""
    head.eval()
    values = [0.0] * len(features)
    for part in parts(range(len(features)), features.lengths, part_positions):
        logits = head(*features.batch(part))
        for i, value in zip(part, (logits[:, 1] - logits[:, 0]).tolist(), strict=True):
            values[i] = value
    return values
