"""Messages a second: `python -m benchmarks.serving --json [--fast]`.

Ours, the course's and transformers' ways take turns in every round on messages of the collection's natural mix (each
round draws them evenly over all lengths, seeded), so that whatever else the machine does meets them all. A figure is
the median of the rounds; `spread` holds the slowest and the fastest. Nothing is cached between rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks import rivals, roofline
from classifier import checkpoint, files, products
from classifier.blend import Blend
from classifier.checkpoint import Checkpoint, Thresholds
from classifier.model import SpamGPT
from classifier.pretrained import BaseModel
from classifier.probe import Probe
from classifier.spam import SpamClassifier
from storage.settings import StorageSettings
from training import base_models, datasets, finetune, sms, wide
from training.datasets import Example
from training.recipe import TrainConfig
from training.settings import TrainingSettings

SEED = 123
OURS, THEIRS = 256, 32  # messages a round; the course's way, which is the slowest, has a quarter of THEIRS
FAST_SHARE = 4  # with --fast, theirs are so many times fewer
BATCHES = (1, 8, 32)
NEAR_A_THRESHOLD = 0.03


def main() -> None:
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    settings = TrainingSettings()
    base = base_models.fetch(settings.base_model, settings.cache, say)
    examples = datasets.read_sms(sms.fetch(settings.cache, settings.datasets, say))
    texts = [example.text for example in examples]
    with tempfile.TemporaryDirectory() as folder:
        directory = _newest(StorageSettings().models) or _made(base, examples, Path(folder) / "random-head")
        fine_tuned = directory.parent != Path(folder)
        found = {"model": directory.name if fine_tuned else "the base's blocks with a random head; speed is the same"}
        found |= _about(directory) | _worker(directory)
        classifier = SpamClassifier.load(directory, "auto")
        found |= speeds(classifier, base, texts, arguments.fast)
        if fine_tuned:
            found |= differences(directory, texts if not arguments.fast else texts[::10])
    print(json.dumps(found) if arguments.json else json.dumps(found, indent=2))


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line")
    parser.add_argument(
        "--fast", action="store_true", help="two short rounds instead of five, a tenth of the differences"
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="of every way; fewer on a busy machine"
    )
    return parser.parse_args()


def _newest(models: Path) -> Path | None:
    versions = [manifest.parent for manifest in models.glob(f"*/{files.MANIFEST}")]
    return max(versions, key=lambda version: version.stat().st_mtime, default=None)


def _made(base: BaseModel, examples: list[Example], directory: Path) -> Path:
    """The default recipe's network before its first step, saved as a version."""
    config = TrainConfig()
    model = SpamGPT(base.config, 0, 1, config.averages)
    model.trunk, model.head = base.trunk(config.frozen_blocks), finetune.new_head(base, config)
    model.probe = Probe(base.config.d_model)
    half = wide.fit(examples[:500], config)
    blend = Blend(config.wide_share)
    version = Checkpoint(model, base.tokenizer, Thresholds(0.5, 0.9), base.name, wide=half, blend=blend)
    checkpoint.save(version, directory)
    return directory


def _about(directory: Path) -> dict[str, Any]:
    training = json.loads((directory / "training.json").read_text())
    return {
        "config_hash": training.get("config_hash", TrainConfig().hash),
        "seed": SEED,
        "threads": torch.get_num_threads(),
        "precision": products.name_of(products.fastest()),
    }


def _worker(directory: Path) -> dict[str, Any]:
    """What a worker process of its own says of itself."""
    say("worker process …")
    command = [sys.executable, "-m", "benchmarks.worker_process", str(directory)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def speeds(classifier: SpamClassifier, base: BaseModel, texts: list[str], fast: bool) -> dict[str, Any]:
    """Messages a second of each way and the roofline share, taking turns."""
    encoded = {text: base.tokenizer.encode(text) for text in texts}
    rounds, theirs = (2, THEIRS // FAST_SHARE) if fast else (5, THEIRS)
    ways = _ways(base, classifier, theirs)
    measured: dict[str, list[float]] = {name: [] for name in ways}
    shares = []
    for turn in range(-1, rounds):  # the first is for warming up
        chance = random.Random(f"{SEED}/{turn}")
        for name, (size, way) in ways.items():
            drawn = natural(texts, size if turn >= 0 else 4, chance)
            seconds = _seconds(way, drawn, [encoded[text] for text in drawn])
            measured[name] += [size / seconds] * (turn >= 0)
            say(f"round {turn + 1} of {rounds}, {name}: {len(drawn) / seconds:.1f} messages a second")
        shares.append(roofline.share(classifier, [encoded[text] for text in natural(texts, 32, chance)]))
        say(f"round {turn + 1} of {rounds}, roofline share: {shares[-1]:.3f}")
    return _summary(measured, shares[1:])


def _ways(base: BaseModel, classifier: SpamClassifier, theirs: int) -> dict[str, tuple[int, Callable[..., Any]]]:
    """Name -> messages a round, and what to do with their texts and ids."""
    course = rivals.course()
    found: dict[str, tuple[int, Callable[..., Any]]] = {
        "ours": (OURS, lambda texts, ids: classifier.score(texts)),
        "ours_one_at_a_time": (theirs, lambda texts, ids: [classifier.score([text]) for text in texts]),
        "ours_batches_of_32": (32, lambda texts, ids: classifier.score(texts)),
        "course": (theirs // 4, lambda texts, ids: course(ids)),
    }
    for n_blocks, depth in ((base.config.n_blocks, ""), (12, "_12_blocks")):
        for dtype, precision in ((torch.float32, ""), (torch.bfloat16, "_bf16")):
            network = rivals.llama(base, n_blocks, dtype)
            for size in (size for size in BATCHES if size <= theirs):
                way = rivals.batched(network, size)
                name = f"transformers{depth}{precision}/{size}"
                found[name] = (theirs, lambda texts, ids, way=way: way(ids))
    return found


def natural(texts: list[str], size: int, chance: random.Random) -> list[str]:
    """Messages drawn evenly over the lengths, in random order: so few have nearly the collection's mean."""
    ordered = sorted(texts, key=len)
    drawn = [ordered[int((i + chance.random()) * len(ordered) / size)] for i in range(size)]
    chance.shuffle(drawn)
    return drawn


def _seconds(way: Callable[..., Any], texts: list[str], ids: list[list[int]]) -> float:
    began = time.perf_counter()
    way(texts, ids)
    return time.perf_counter() - began


def _summary(measured: dict[str, list[float]], shares: list[float]) -> dict[str, Any]:
    found: dict[str, Any] = {"rounds": len(shares), "roofline_share": round(statistics.median(shares), 3)}
    spread = {"roofline_share": [round(min(shares), 3), round(max(shares), 3)]}
    for name in dict.fromkeys(name.partition("/")[0] for name in measured):
        sizes = {way: rates for way, rates in measured.items() if way.partition("/")[0] == name}
        best, rates = max(sizes.items(), key=lambda item: statistics.median(item[1]))
        found[f"{name}_per_second"] = round(statistics.median(rates), 2)
        spread[f"{name}_per_second"] = [round(min(rates), 2), round(max(rates), 2)]
        if "/" in best:
            found[f"{name}_batch_size"] = int(best.partition("/")[2])
        if not name.startswith("ours"):
            ratios = [ours / theirs for ours, theirs in zip(measured["ours"], rates, strict=True)]
            found[f"times_{name}"] = round(statistics.median(ratios), 1)
            spread[f"times_{name}"] = [round(min(ratios), 1), round(max(ratios), 1)]
    return found | {"spread": spread}


def differences(directory: Path, texts: list[str]) -> dict[str, Any]:
    """How far the serving form's scores lie from the fp32 network's, over these texts."""
    say(f"fp32 reference over {len(texts)} messages …")
    loaded = checkpoint.load(directory)
    expected = SpamClassifier(loaded, "reference").score(texts)
    found = SpamClassifier.load(directory, "auto").score(texts)
    gaps = sorted(abs(a - b) for a, b in zip(found, expected, strict=True))
    levels = (loaded.thresholds.review, loaded.thresholds.act)
    changed = [(b, t) for a, b in zip(found, expected, strict=True) for t in levels if (a >= t) != (b >= t)]
    return {
        "difference_messages": len(texts),
        "difference_p99": round(gaps[int(0.99 * len(gaps))], 5),
        "difference_max": round(gaps[-1], 5),
        "sides_changed": len(changed),
        "sides_changed_farther_than_0.03": sum(abs(score - t) > NEAR_A_THRESHOLD for score, t in changed),
    }


if __name__ == "__main__":
    main()
