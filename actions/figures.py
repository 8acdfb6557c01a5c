"""What only the actions process knows: what became of each attempt at an action."""

from __future__ import annotations

from prometheus_client import Counter

from jobs.metrics import REGISTRY

ACTIONS = Counter(
    "hamlet_actions",
    "Attempts at actions, by kind and what came of them: done, failed for good, or postponed",
    ("kind", "state"),
    registry=REGISTRY,
)
