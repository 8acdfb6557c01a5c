"""What a version makes of presumed ham that no version has learned: counts with bounds, over all chats and of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.checkpoint import Thresholds
from training import learn
from training.datasets import Example
from training.features import Reader
from training.learn import Learned
from training.presumed_ham import ORIGIN, PresumedExample
from training.recipe import TrainConfig
from training.reporter import Reporter
from training.thresholds import upper_bound


def metrics(
    reader: Reader,
    learned: Learned,
    held_out: Sequence[PresumedExample],
    config: TrainConfig,
    chosen: Thresholds,
    reporter: Reporter,
) -> dict[str, Any]:
    """What a new version's metrics say of it, where there is any."""
    if not held_out:
        return {}
    examples = [Example(one.text, False, ORIGIN) for one in held_out]
    found = learn.scored(learned, learn.read(reader, examples, config, reporter), examples)
    return {"presumed": measure(held_out, found.scores, chosen)}


def measure(examples: Sequence[PresumedExample], scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    """How much of it is flagged and acted on, with what that share may be in truth at most; `chats` by their rows.

    The bounds are Clopper & Pearson's (1934), one-sided, at 95 %.
    """
    by_chat: dict[int, list[float]] = {}
    for example, score in zip(examples, scores, strict=True):
        by_chat.setdefault(example.chat_id, []).append(score)
    chats = {str(chat_id): _counted(some, thresholds) for chat_id, some in sorted(by_chat.items())}
    return {**_counted(scores, thresholds), "chats": chats}


def _counted(scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    n, found = len(scores), np.asarray(scores)
    flagged, acted = int((found >= thresholds.review).sum()), int((found >= thresholds.act).sum())
    return {
        "examples": n, "flagged": flagged, "flagged_upper_bound_95": upper_bound(flagged, n),
        "acted": acted, "acted_upper_bound_95": upper_bound(acted, n),
    }  # fmt: skip
