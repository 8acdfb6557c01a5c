"""How a version scores presumed ham that no version has learned: counts with bounds, over all chats and for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.thresholds import Thresholds
from training.data.presumed_ham import PresumedExample
from training.fit.thresholds import upper_bound


def metrics(held_out: Sequence[PresumedExample], scores: Sequence[float], chosen: Thresholds) -> dict[str, Any]:
    """The part of a version's metrics on presumed ham; empty where none is held out."""
    return {"presumed": measure(held_out, scores, chosen)} if held_out else {}


def measure(examples: Sequence[PresumedExample], scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    """How many are flagged and acted on, with upper bounds of the true shares; `chats` by their ids.

    The bounds are Clopper & Pearson's (1934), one-sided, at 95 %.
    """
    by_chat: dict[int, list[float]] = {}
    for example, score in zip(examples, scores, strict=True):
        by_chat.setdefault(example.chat_id, []).append(score)
    chats = {str(chat_id): _counted(some, thresholds.of(chat_id)) for chat_id, some in sorted(by_chat.items())}
    return {**_counted(scores, thresholds), "chats": chats}


def _counted(scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    n, values = len(scores), np.asarray(scores)
    counts = {"flagged": int((values >= thresholds.review).sum()), "acted": int((values >= thresholds.act).sum())}
    bounds = {f"{name}_upper_bound_95": upper_bound(count, n) for name, count in counts.items()}
    return {"examples": n, **counts, **bounds}
