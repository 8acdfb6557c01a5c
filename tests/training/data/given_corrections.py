"""Corrections and a seed set to make snapshots of."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from storage.moderation.corrections import CorrectedText
from training.data.datasets import Example
from training.data.defence_bounds import Defences
from training.data.snapshot import Snapshot, snapshot

WORDS = [f"{a}{b}" for a in "abcdefghijk" for b in "lmnopqrst"]
SEED = [Example(word, i % 2 == 0) for i, word in enumerate(WORDS)]
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)  # eras that are over: nothing of them is held out
NUMBERS = itertools.count(1)
BOUNDS = Defences(corrector_share=1.0, half_life_days=math.inf)


def correction(text: str, is_spam: bool, actor: str = "ann", made_at: datetime = LONG_AGO) -> CorrectedText:
    return CorrectedText(next(NUMBERS), text, is_spam, actor, made_at, score=0.5, was_flagged=True)


def collect(seed: Sequence[Example], corrections: Sequence[CorrectedText]) -> Snapshot:
    return snapshot(seed, corrections, NOW, BOUNDS)
