"""Messages a second: `python -m benchmarks.serving --json [--fast]`.

Ours, the course's and transformers' ways take turns in every round on messages of the collection's natural mix (each
round draws them evenly over all lengths, seeded), so that whatever else the machine does affects all of them. A figure is
the median of the rounds; `spread` holds the slowest and the fastest. Nothing is cached between rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.bench import ran_on
from benchmarks.speeds import SEED, say, speeds
from classifier import checkpoint, files
from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.gpt.model import SpamGPT
from classifier.gpt.pretrained import BaseModel
from classifier.probe import Probe
from classifier.spam import REFERENCE, SpamClassifier
from classifier.thresholds import Thresholds
from storage.settings import StorageSettings
from training.data import datasets, sms, starter
from training.data.datasets import Example
from training.fit import base_models, finetune, ngrams
from training.fit.recipe import TrainConfig
from training.settings import TrainingSettings

NEAR_A_THRESHOLD = 0.03


def main() -> None:
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    settings = TrainingSettings()
    base = base_models.fetch(settings.base_model, settings.cache, say)
    examples = datasets.read_sms(sms.fetch(settings.cache, settings.datasets, say))
    texts = [example.text for example in examples]
    with tempfile.TemporaryDirectory() as folder:
        directory = newest(StorageSettings().models) or untrained(base, examples, Path(folder) / "random-head")
        fine_tuned = directory.parent != Path(folder)
        figures = {"model": directory.name if fine_tuned else "the base's blocks with a random head; speed is the same"}
        figures |= _about(directory) | _worker(directory)
        classifier = SpamClassifier.load(directory, "auto")
        figures |= speeds(classifier, base, texts, arguments.fast)
        if fine_tuned:
            sets = {"sms": texts, "starter": [line.text for line in starter.read()]}
            figures |= differences(
                directory, {name: part[:: 10 if arguments.fast else 1] for name, part in sets.items()}
            )
    print(json.dumps(figures) if arguments.json else json.dumps(figures, indent=2))


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


def newest(models: Path) -> Path | None:
    versions = [manifest.parent for manifest in models.glob(f"*/{files.MANIFEST}")]
    return max(versions, key=lambda version: version.stat().st_mtime, default=None)


def required() -> Path:
    """The newest version of HAMLET_HOME; ends with a sentence where there is none."""
    directory = newest(StorageSettings().models)
    if directory is None:
        sys.exit("There is no model version yet: `hamlet train` makes one.")
    return directory


def untrained(base: BaseModel, examples: list[Example], directory: Path) -> Path:
    """The default recipe's network before its first step, saved as a version."""
    config = TrainConfig()
    model = SpamGPT(base.config, 0, 1, config.averages)
    model.trunk, model.head = base.trunk(config.frozen_blocks), finetune.new_head(base, config)
    model.probe = Probe(base.config.d_model)
    ngram_model = ngrams.fit(examples[:500], config)
    blend = Blend(config.wide_share)
    version = Checkpoint(model, base.tokenizer, Thresholds(0.5, 0.9), base.name, ngram_model=ngram_model, blend=blend)
    checkpoint.save(version, directory)
    return directory


def _about(directory: Path) -> dict[str, Any]:
    training = json.loads((directory / "training.json").read_text())
    return {
        "config_hash": training.get("config_hash", TrainConfig().hash),
        "seed": SEED,
        "threads": torch.get_num_threads(),
        **ran_on(),
    }


def _worker(directory: Path) -> dict[str, Any]:
    """The figures of a worker process of its own."""
    say("worker process …")
    command = [sys.executable, "-m", "benchmarks.worker_process", str(directory)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def differences(directory: Path, sets: dict[str, list[str]]) -> dict[str, Any]:
    """How far the serving form's scores lie from the fp32 network's, over all of these texts and over each set of them."""
    loaded = checkpoint.load(directory)
    reference, served = SpamClassifier(loaded, REFERENCE), SpamClassifier.load(directory, "auto", thorough=True)
    pairs = dict[str, list[tuple[float, float]]]()
    for name, texts in sets.items():
        say(f"fp32 reference over {len(texts)} messages of {name} …")
        pairs[name] = list(zip(served.score(texts), reference.score(texts), strict=True))
    levels = (loaded.thresholds.review, loaded.thresholds.act)
    together = compared([pair for of_set in pairs.values() for pair in of_set], levels)
    by_set = {name: compared(of_set, levels) for name, of_set in pairs.items()}
    return together | {"differences": by_set}


def compared(pairs: Sequence[tuple[float, float]], levels: Sequence[float]) -> dict[str, Any]:
    """How far each first score lies from the second, and how many of them lie on different sides of these levels."""
    gaps = sorted(abs(a - b) for a, b in pairs)
    changed = [(b, t) for a, b in pairs for t in levels if (a >= t) != (b >= t)]
    return {
        "difference_messages": len(pairs),
        "difference_p99": round(gaps[int(0.99 * len(gaps))], 5),
        "difference_max": round(gaps[-1], 5),
        "sides_changed": len(changed),
        "sides_changed_farther_than_0.03": sum(abs(score - t) > NEAR_A_THRESHOLD for score, t in changed),
    }


if __name__ == "__main__":
    main()
