"""Fine-tuning: the last blocks, the norm and the two classes learn; the trunk stays as it was pretrained."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier.checkpoint import fill
from classifier.model import Head
from classifier.pretrained import BaseModel
from training.features import Features

POOL = 16  # batches that are sorted by length together, so that little is padded and order stays random


@dataclass(frozen=True)
class TrainConfig:
    """The recipe. One default serves training and every measurement; its hash names it."""

    base_model: str = "smollm2-135m"
    frozen_blocks: int = 8
    trained_blocks: int = 4
    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 5e-4
    weight_decay: float = 0.1
    warmup_share: float = 0.1  # of all steps; then the rate falls along a cosine to a tenth
    clip_norm: float = 1.0
    average_from: float = 1 / 3  # share of the steps after which the weights are averaged (Izmailov et al., 2018)
    average_every: int = 4  # steps between two weights that count
    seed: int = 123
    products: str = "bf16"  # matrix products in bf16, master weights and residual stream's sums in fp32

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def dtype(self) -> torch.dtype:
        return {"bf16": torch.bfloat16, "fp32": torch.float32}[self.products]


@dataclass(frozen=True)
class Progress:
    """Where a run stands: told after every step."""

    epoch: int
    step: int
    steps: int
    examples_seen: int
    loss: float


def new_head(base: BaseModel, config: TrainConfig) -> Head:
    """A head whose blocks and norm are the base model's and whose two classes start at random, seeded."""
    torch.manual_seed(config.seed)
    head = Head(base.config, config.trained_blocks)
    stop = config.frozen_blocks + config.trained_blocks
    copied = {key: value.clone() for key, value in base.blocks(config.frozen_blocks, stop).items()}
    copied |= {"norm.weight": base.weights["norm.weight"].clone()}
    copied |= {f"classes.{key}": value for key, value in head.classes.state_dict().items()}
    return fill(head, copied, base.config)


def fit(head: Head, features: Features, labels: Sequence[bool], config: TrainConfig) -> Iterator[Progress]:
    """Train the head in place, a step at a time: yields where the run stands after each.

    The head ends as the average of its weights over the later steps, which sways less with seed and order than
    the last weights do.
    """
    torch.manual_seed(config.seed)
    optimizer = torch.optim.AdamW(_groups(head, config), lr=config.learning_rate, fused=True)
    average = Average(head)
    targets = torch.tensor(labels, dtype=torch.long)
    steps = config.epochs * math.ceil(len(labels) / config.batch_size)
    step = seen = 0
    for epoch in range(config.epochs):
        for batch in _batches(features.lengths, config, epoch):
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _rate(step, steps, config)
            head.train()
            loss = _step(head, features, targets, batch, optimizer, config)
            step, seen = step + 1, seen + len(batch)
            if step > steps * config.average_from and step % config.average_every == 0:
                average.count(head)
            yield Progress(epoch + 1, step, steps, seen, loss)
    average.put_into(head)
    head.eval()


class Average:
    """The running mean of a network's weights."""

    def __init__(self, network: nn.Module) -> None:
        self._mean = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        self._counted = 0

    def count(self, network: nn.Module) -> None:
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
    """Matrices decay, norms and biases do not."""
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
) -> float:
    hidden, lengths = features.batch(batch)
    with torch.autocast("cpu", dtype=config.dtype, enabled=config.dtype != torch.float32):
        logits = head(hidden, lengths)
    loss = F.cross_entropy(logits, targets[batch])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(head.parameters(), config.clip_norm)
    optimizer.step()
    return loss.item()


def _rate(step: int, steps: int, config: TrainConfig) -> float:
    """The share of the learning rate at a step: a linear rise, then a cosine down to a tenth."""
    warmup = max(1, int(steps * config.warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def _batches(lengths: list[int], config: TrainConfig, epoch: int) -> Iterator[list[int]]:
    """Each example once, in a seeded random order, similar lengths together."""
    shuffler = random.Random(f"{config.seed}/{epoch}")
    order = list(range(len(lengths)))
    shuffler.shuffle(order)
    pool = POOL * config.batch_size
    batches = []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lambda i: lengths[i])
        batches += [near[i : i + config.batch_size] for i in range(0, len(near), config.batch_size)]
    shuffler.shuffle(batches)
    yield from batches


@torch.inference_mode()
def predict(head: Head, features: Features, batch_size: int = 64) -> list[float]:
    """Probability of spam of each text, in their order, fp32."""
    head.eval()
    order = sorted(range(len(features.hidden)), key=lambda i: len(features.hidden[i]))
    scores = [0.0] * len(order)
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        probabilities = head(*features.batch(batch)).softmax(dim=-1)[:, 1].tolist()
        for i, score in zip(batch, probabilities, strict=True):
            scores[i] = score
    return scores
