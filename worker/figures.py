"""What only the worker knows of its work, counted once a batch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from jobs.metrics import REGISTRY
from storage.models import MessageState, Platform
from worker.models import Serving

CHAMPION, SHADOW = "champion", "shadow"

BATCH = Histogram(
    "hamlet_batch_messages",
    "Messages that were claimed as one batch",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "hamlet_inference_seconds",
    "Seconds that the network took for what is scored together, by the role of its version",
    ("role",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
TOKENS = Counter(
    "hamlet_inference_tokens",
    "Tokens that the GPT and the encoder read, by the role of their version",
    ("role",),
    registry=REGISTRY,
)
ASKED = Counter("hamlet_asked_texts", "Texts whose scores were wanted of the serving version", registry=REGISTRY)
REPEATED = Counter(
    "hamlet_repeated_texts",
    "Texts whose score was known, because the same version scored them lately",
    registry=REGISTRY,
)
VERDICTS = Counter(
    "hamlet_verdicts",
    "Messages judged, by what became of them, the version that judged and the kind of chat",
    ("outcome", "model_version", "platform"),
    registry=REGISTRY,
)
for role in (CHAMPION, SHADOW):  # so that each series exists from the start
    SECONDS.labels(role)
    TOKENS.labels(role)

Outcomes = Mapping[tuple[MessageState, Platform], int]


@contextmanager
def scoring(role: str, serving: Serving) -> Iterator[None]:
    """Count the seconds and the tokens of what is scored inside."""
    read_before, started_at = serving.classifier.tokens_read, time.perf_counter()
    asked_before, repeated_before = serving.recent.asked, serving.recent.repeated
    yield
    ASKED.inc(serving.recent.asked - asked_before)
    REPEATED.inc(serving.recent.repeated - repeated_before)
    SECONDS.labels(role).observe(time.perf_counter() - started_at)
    TOKENS.labels(role).inc(serving.classifier.tokens_read - read_before)


def judged(serving: Serving, outcomes: Outcomes) -> None:
    """Count what became of messages that this version judged."""
    for (state, platform), count in outcomes.items():
        VERDICTS.labels(state, serving.name, platform).inc(count)
