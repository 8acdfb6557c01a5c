"""What this process would tell Prometheus now."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry

from jobs.metrics import REGISTRY


def value(sample: str, registry: CollectorRegistry = REGISTRY, **labels: str) -> float:
    """A sample's value; 0 where it has none yet."""
    return registry.get_sample_value(sample, labels) or 0.0


def grown(sample: str, **labels: str) -> Callable[[], float]:
    """By how much the sample grows from now on: other tests have counted before."""
    before = value(sample, **labels)
    return lambda: value(sample, **labels) - before
