"""What a version makes of presumed ham that no version has learned: counts with bounds, over all chats and of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.checkpoint import Thresholds
from training.presumed_ham import PresumedExample
from training.thresholds import upper_bound


def metrics(held_out: Sequence[PresumedExample], scores: Sequence[float], chosen: Thresholds) -> dict[str, Any]:
    """What a new version's metrics say of it, where there is any."""
    return {"presumed": measure(held_out, scores, chosen)} if held_out else {}


def measure(examples: Sequence[PresumedExample], scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    """How much of it is flagged and acted on, with what that share may be in truth at most; `chats` by their rows.

    The bounds are Clopper & Pearson's (1934), one-sided, at 95 %.
    """
    by_chat: dict[int, list[float]] = {}
    for example, score in zip(examples, scores, strict=True):
        by_chat.setdefault(example.chat_id, []).append(score)
    chats = {str(chat_id): _counted(some, thresholds.of(chat_id)) for chat_id, some in sorted(by_chat.items())}
    return {**_counted(scores, thresholds), "chats": chats}


def _counted(scores: Sequence[float], thresholds: Thresholds) -> dict[str, Any]:
    n, found = len(scores), np.asarray(scores)
    flagged, acted = int((found >= thresholds.review).sum()), int((found >= thresholds.act).sum())
    return {
        "examples": n, "flagged": flagged, "flagged_upper_bound_95": upper_bound(flagged, n),
        "acted": acted, "acted_upper_bound_95": upper_bound(acted, n),
    }  # fmt: skip
