"""Section 1: the balance of the classes, and the balanced split as files that can be used again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from training.data.datasets import Example, Split

FILES = ("train.csv", "validation.csv", "test.csv")
HEADER = ("Label", "Text")


def class_counts(collection: Path) -> tuple[int, int]:
    """Ham and spam as pandas reads the collection, with its default quoting: 4,825 and 747."""
    labels = pd.read_csv(collection, sep="\t", header=None, names=list(HEADER))["Label"]
    return int((labels == "ham").sum()), int((labels == "spam").sum())


def balance(examples: Sequence[Example]) -> tuple[int, int]:
    """Ham and spam among the examples."""
    spam = sum(example.is_spam for example in examples)
    return len(examples) - spam, spam


def write(split: Split, folder: Path) -> None:
    """Write one CSV file for each side, with the columns Label (1 is spam) and Text."""
    for name, side in zip(FILES, (split.train, split.validation, split.hold_out), strict=True):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows((int(example.is_spam), example.text) for example in side)
