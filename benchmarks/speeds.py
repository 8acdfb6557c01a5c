"""The rounds of `benchmarks.serving`: every way of scoring takes its turn on messages of the collection's natural mix."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from benchmarks import rivals, roofline
from classifier.gpt.pretrained import BaseModel
from classifier.spam import SpamClassifier
from storage.odds import NEUTRAL, lowered_at_most

SEED = 123
OURS, THEIRS = 256, 32  # messages a round; the course's way, which is the slowest, has a quarter of THEIRS
FAST_SHARE = 4  # with --fast, THEIRS is divided by this
BATCHES = (1, 8, 32)
AS_WORKERS = lowered_at_most(NEUTRAL)  # as they score before anything has been decided


def say(progress: str) -> None:
    """Progress goes to standard error; standard output is for the figures."""
    print(progress, file=sys.stderr, flush=True)


def speeds(classifier: SpamClassifier, base: BaseModel, texts: list[str], fast: bool) -> dict[str, Any]:
    """Messages a second of each way and the roofline share, taking turns."""
    encoded = {text: base.tokenizer.encode(text) for text in texts}
    rounds, theirs = (2, THEIRS // FAST_SHARE) if fast else (5, THEIRS)
    ways = _ways(base, classifier, theirs)
    measured: dict[str, list[float]] = {name: [] for name in ways}
    shares = []
    for turn in range(-1, rounds):  # the first is for warming up
        rng = random.Random(f"{SEED}/{turn}")
        for name, (size, way) in ways.items():
            drawn = natural(texts, size if turn >= 0 else 4, rng)
            seconds = _seconds(way, drawn, [encoded[text] for text in drawn])
            measured[name] += [size / seconds] * (turn >= 0)
            say(f"round {turn + 1} of {rounds}, {name}: {len(drawn) / seconds:.1f} messages a second")
        shares.append(roofline.share(classifier, [encoded[text] for text in natural(texts, 32, rng)]))
        say(f"round {turn + 1} of {rounds}, roofline share: {shares[-1]:.3f}")
    return _summary(measured, shares[1:])


def _ways(base: BaseModel, classifier: SpamClassifier, theirs: int) -> dict[str, tuple[int, Callable[..., Any]]]:
    """Name -> messages a round, and what to do with their texts and ids."""
    course = rivals.course()
    ways: dict[str, tuple[int, Callable[..., Any]]] = {
        "ours": (OURS, lambda texts, ids: classifier.try_score(texts, AS_WORKERS)),
        "ours_one_at_a_time": (theirs, lambda texts, ids: [classifier.try_score([text], AS_WORKERS) for text in texts]),
        "ours_batches_of_32": (32, lambda texts, ids: classifier.try_score(texts, AS_WORKERS)),
        "course": (theirs // 4, lambda texts, ids: course(ids)),
    }
    for n_blocks, depth in ((base.config.n_blocks, ""), (12, "_12_blocks")):
        for dtype, precision in ((torch.float32, ""), (torch.bfloat16, "_bf16")):
            network = rivals.llama(base, n_blocks, dtype)
            for size in (size for size in BATCHES if size <= theirs):
                way = rivals.batched(network, size)
                name = f"transformers{depth}{precision}/{size}"
                ways[name] = (theirs, lambda texts, ids, way=way: way(ids))
    return ways


def natural(texts: list[str], size: int, rng: random.Random) -> list[str]:
    """Messages drawn evenly over the lengths, in random order, so that even a few have nearly the collection's mean length."""
    ordered = sorted(texts, key=len)
    drawn = [ordered[int((i + rng.random()) * len(ordered) / size)] for i in range(size)]
    rng.shuffle(drawn)
    return drawn


def _seconds(way: Callable[..., Any], texts: list[str], ids: list[list[int]]) -> float:
    began = time.perf_counter()
    way(texts, ids)
    return time.perf_counter() - began


def _summary(measured: dict[str, list[float]], shares: list[float]) -> dict[str, Any]:
    figures: dict[str, Any] = {"rounds": len(shares), "roofline_share": round(statistics.median(shares), 3)}
    spread = {"roofline_share": [round(min(shares), 3), round(max(shares), 3)]}
    for name in dict.fromkeys(name.partition("/")[0] for name in measured):
        sizes = {way: rates for way, rates in measured.items() if way.partition("/")[0] == name}
        best, rates = max(sizes.items(), key=lambda item: statistics.median(item[1]))
        figures[f"{name}_per_second"] = round(statistics.median(rates), 2)
        spread[f"{name}_per_second"] = [round(min(rates), 2), round(max(rates), 2)]
        if "/" in best:
            figures[f"{name}_batch_size"] = int(best.partition("/")[2])
        if not name.startswith("ours"):
            ratios = [ours / theirs for ours, theirs in zip(measured["ours"], rates, strict=True)]
            figures[f"times_{name}"] = round(statistics.median(ratios), 1)
            spread[f"times_{name}"] = [round(min(ratios), 1), round(max(ratios), 1)]
    return figures | {"spread": spread}
