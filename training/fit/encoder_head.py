"""Fitting the encoder's head: one hidden layer on the frozen embeddings, with dropout (Srivastava et al., 2014).

A logistic regression on the same embeddings catches less spam: no half space separates it (docs/experiments.md). Several small networks of different seeds are averaged, which is one wider network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from classifier.encoder.head import TO_THE_END, EncoderHead, ReadOut
from classifier.gpt import lanes
from training.data.datasets import Example
from training.fit.plan import weights_of
from training.fit.recipe import TrainConfig

BATCH = 64
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.1
DROPPED_IN, DROPPED_HIDDEN = 0.3, 0.5
SMOOTHED = 0.02  # label smoothing: no example is beyond doubt
LEAST_SPREAD = 1e-6

Embeddings = NDArray[np.float32]


def fit(
    embeddings: Embeddings, examples: Sequence[Example], config: TrainConfig, read_out: ReadOut = TO_THE_END
) -> EncoderHead:
    """The head of these examples and their embeddings (B, D), read there, a correction counting more."""
    mean, spread = embeddings.mean(0), np.maximum(embeddings.std(0), LEAST_SPREAD)
    x = torch.from_numpy((embeddings - mean) / spread).float()
    weights = np.asarray(weights_of(examples, config.linear_correction_weight))
    labels = torch.tensor([float(example.is_spam) for example in examples])
    target = torch.stack((labels * (1 - 2 * SMOOTHED) + SMOOTHED, torch.from_numpy(weights / weights.mean()).float()))
    with lanes.one_thread():  # so that sums do not depend on the machine's threads
        networks = [_fitted(x, target, config, seed) for seed in range(config.encoder_networks)]
    return replace(_joined(networks, mean, spread), read_out=read_out)


def _fitted(x: Tensor, target: Tensor, config: TrainConfig, seed: int) -> nn.Sequential:
    torch.manual_seed(config.seed + seed)
    hidden = nn.Linear(x.shape[1], config.encoder_units)
    network = nn.Sequential(
        nn.Dropout(DROPPED_IN), hidden, nn.ReLU(), nn.Dropout(DROPPED_HIDDEN), nn.Linear(config.encoder_units, 1)
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)
    steps = config.encoder_epochs * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(config.encoder_epochs):
        for batch in torch.split(torch.randperm(len(x)), BATCH):
            optimizer.zero_grad()
            logits = network(x[batch]).squeeze(1)
            F.binary_cross_entropy_with_logits(logits, target[0, batch], target[1, batch]).backward()  # type: ignore[no-untyped-call]  # torch's is untyped
            optimizer.step()
            schedule.step()
    return network


def _joined(networks: Sequence[nn.Sequential], mean: Embeddings, spread: Embeddings) -> EncoderHead:
    """The networks' mean as one network, with the standardisation folded into its weights."""
    hidden = np.concatenate([_of(network[1].weight) for network in networks]) / spread
    bias = np.concatenate([_of(network[1].bias) for network in networks]) - hidden @ mean
    weights = np.concatenate([_of(network[4].weight)[0] for network in networks]) / len(networks)
    last = float(np.mean([_of(network[4].bias)[0] for network in networks]))
    return EncoderHead(hidden.astype(np.float32), bias.astype(np.float32), weights.astype(np.float32), last)


def _of(parameter: object) -> Embeddings:
    assert isinstance(parameter, Tensor)
    return parameter.detach().numpy()
