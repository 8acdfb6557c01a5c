"""Fitting the probe: scikit-learn's logistic regression on the frozen blocks' outputs for the GPT's examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from classifier.probe import Probe, pooled
from training.data.datasets import Example
from training.fit.features import Features
from training.fit.plan import weights_of
from training.fit.recipe import TrainConfig


@torch.inference_mode()
def fit(features: Features, examples: Sequence[Example], config: TrainConfig) -> Probe:
    """The probe of these examples and their features, a correction counting more; both classes must be among them.

    Each of the 3 D numbers is standardised and divided by the root of 3 D, so that the penalty does not depend on the
    width; both are folded into its weights.
    """
    states = pooled(features.hidden).double().numpy()
    scaler = StandardScaler().fit(states)
    scale = scaler.scale_ * states.shape[1] ** 0.5
    regression = LogisticRegression(C=config.probe_inverse_penalty, solver="liblinear", max_iter=1_000, random_state=0)
    labels = np.asarray([example.is_spam for example in examples])
    weights = np.asarray(weights_of(examples, config.linear_correction_weight))
    regression.fit((states - scaler.mean_) / scale, labels, weights)
    per_unit = regression.coef_[0] / scale
    bias = regression.intercept_[0] - per_unit @ scaler.mean_
    probe = Probe(features.hidden[0].shape[1])
    probe.sum.weight.copy_(torch.from_numpy(per_unit[None]))
    probe.sum.bias.fill_(float(bias))
    return probe.eval()


@torch.inference_mode()
def scaled(fitted: Probe, factor: float) -> Probe:
    """The same probe with its log-odds multiplied by `factor`, which is folded into its weights."""
    probe = Probe(fitted.sum.in_features // 3)
    probe.sum.weight.copy_(fitted.sum.weight * factor)
    probe.sum.bias.copy_(fitted.sum.bias * factor)
    return probe.eval()


@torch.inference_mode()
def log_odds(probe: Probe, features: Features) -> list[float]:
    """The probe's log-odds of spam for each text, in their order, fp32."""
    return probe(features.hidden).tolist() if len(features) else []
