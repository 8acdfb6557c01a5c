"""What every benchmark of the classifier shares: options, data, the base model, one recipe, where it ran."""

from __future__ import annotations

import argparse
import csv
import json
import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import torch

from classifier.errors import ClassifierError
from classifier.gpt import products
from classifier.gpt.pretrained import BaseModel
from training.data import datasets, sms
from training.data.datasets import Example
from training.errors import DatasetError, TrainingError
from training.fit import base_models, learn
from training.fit.features import Features, Reader
from training.fit.learn import Outcome
from training.fit.progress import Silent
from training.fit.recipe import TrainConfig
from training.lifecycle.assembly import reader_of
from training.settings import TrainingSettings


def say(sentence: str) -> None:
    """Progress goes to standard error; standard output is for the figures."""
    print(f"{time.strftime('%H:%M:%S')} {sentence}", file=sys.stderr, flush=True)


def options(description: str) -> argparse.ArgumentParser:
    """A parser of `--json` and `--fast`, which every benchmark knows."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--fast", action="store_true", help="a quick look: fewer seeds, folds and rounds")
    return parser


def answer(measure: Callable[[], Mapping[str, Any]], as_json: bool) -> None:
    """Print the figures: one JSON object, or its leaves a line each. A named error ends with a sentence and code 1."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    try:
        with _printed_elsewhere():
            figures = measure()
    except (TrainingError, ClassifierError) as error:
        sys.exit(f"{error}")
    if as_json:
        print(json.dumps(figures))
        return
    for key, value in leaves(figures):
        print(f"{key} = {value:.4f}" if isinstance(value, float) else f"{key} = {value}")


@contextmanager
def _printed_elsewhere() -> Iterator[None]:
    """Send what child processes print, such as the log of a run, to standard error."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)


def ran_on() -> dict[str, Any]:
    """Where figures were measured: the machine, and the type of number that products are made of there."""
    instructions = torch.backends.cpu.get_cpu_capability()
    return {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "instructions": instructions},
        "precision": products.name_of(products.fastest()),
    }


def leaves(figures: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Every value that is not a mapping, with its dotted key."""
    flat: list[tuple[str, Any]] = []
    for key, value in figures.items():
        flat += leaves(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(prefix + key, value)]
    return flat


@dataclass(frozen=True)
class Bench:
    """The base model and the frozen trunk of the default recipe, with the product's own feature cache."""

    settings: TrainingSettings
    config: TrainConfig
    base: BaseModel
    reader: Reader

    @classmethod
    def open(cls, config: TrainConfig | None = None) -> Bench:
        """Raises DownloadError where the base model cannot be had."""
        settings, recipe = TrainingSettings(), config or TrainConfig()
        torch.set_num_threads(settings.training_threads)
        base = base_models.fetch(recipe.base_model, settings.cache, say)
        return cls(settings, recipe, base, reader_of(base, recipe, settings, say))

    def sms(self) -> Path:
        """The SMS collection. Raises DownloadError."""
        return sms.fetch(self.settings.cache, self.settings.datasets, say)

    def given(self, *parts: str) -> Path:
        """A file of HAMLET_DATASETS. Raises DatasetError where it is not there."""
        folder = self.settings.datasets
        path = Path(*parts) if folder is None else folder.joinpath(*parts)
        if folder is None or not path.is_file():
            raise DatasetError(path, None, "is needed for this measurement: set HAMLET_DATASETS to the folder with it")
        return path

    def learn(self, train: Sequence[Example], validation: Sequence[Example], seed: int | None = None) -> Outcome:
        """One run of the recipe."""
        config = self.config if seed is None else replace(self.config, seed=seed)
        return learn.learn(self.base, self.reader, train, validation, config, Silent())

    def read(self, examples: Sequence[Example]) -> Features:
        """The examples' features."""
        return self.reader.read([example.text for example in examples])

    def about(self) -> dict[str, Any]:
        """What the figures depend on."""
        return {
            "config_hash": self.config.hash,
            "config": asdict(self.config),
            "products": products.name_of(products.dtype_named(self.config.products)),
            "threads": torch.get_num_threads(),
            "cores": os.cpu_count(),
            "torch": torch.__version__,
        }


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Mean and sample standard deviation, with the values themselves."""
    return {
        "mean": float(np.mean(values)),
        "std": float(np.std(values, ddof=1)) if len(values) > 1 else 0.0,
        "values": [float(value) for value in values],
    }


def write_seed(path: Path, examples: Sequence[Example]) -> None:
    """Write a labelled file, for HAMLET_SEED_DATA."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([("text", "label"), *((e.text, "spam" if e.is_spam else "ham") for e in examples)])


def labels_of(examples: Sequence[Example]) -> list[bool]:
    return [example.is_spam for example in examples]


def distinct_sms(path: Path) -> list[Example]:
    """The collection without its exact repeats (ignoring case, digits and white space)."""
    return datasets.without_repeats(datasets.read_sms(path))
