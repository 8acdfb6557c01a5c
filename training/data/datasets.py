"""Examples: reading the SMS collection, removing repeats, splitting."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from training.data import near_duplicates
from training.errors import TooFewExamples

LEAST_OF_A_CLASS = 1
COURSE_SEED = 123
COMPARED_AT_MOST = 20_000  # texts of a seed set: comparing more takes too long


@dataclass(frozen=True)
class Example:
    """A labelled text and where it comes from: `seed`, `starter`, `file`, `correction` or `presumed`.

    `weight` says how much it counts, where a seed example counts 1; a correction loses weight with age.
    """

    text: str
    is_spam: bool
    origin: str = "seed"
    weight: float = 1.0


@dataclass(frozen=True)
class Split:
    """Examples to learn from, to choose by, and to measure on; no text is on two sides."""

    train: list[Example]
    validation: list[Example]
    hold_out: list[Example]


def read_sms(path: Path) -> list[Example]:
    """All 5,574 messages of the collection, in its order."""
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    pairs = (line.split("\t", 1) for line in lines)
    return [Example(text, label == "spam") for label, text in pairs]


def read_course(path: Path, seed: int = COURSE_SEED) -> Split:
    """The course's own split: pandas' quoting (5,572 rows), 747 of each class, seed 123, 1,045/149/300.

    Another seed gives another split of the same kind.
    """
    frame = pd.read_csv(path, sep="\t", header=None, names=["Label", "Text"])
    spam = frame[frame["Label"] == "spam"]
    ham = frame[frame["Label"] == "ham"].sample(len(spam), random_state=seed)
    shuffled = pd.concat([ham, spam]).sample(frac=1, random_state=seed)
    rows = [
        Example(str(text), label == "spam") for label, text in zip(shuffled["Label"], shuffled["Text"], strict=True)
    ]
    first, second = int(len(rows) * 0.7), int(len(rows) * 0.7) + int(len(rows) * 0.1)
    return Split(rows[:first], rows[first:second], rows[second:])


def gist(text: str) -> str:
    """The text without what may differ between repeats: case, white space, digits and Unicode form."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"\d", "0", folded).split())


def without_repeats(examples: Iterable[Example]) -> list[Example]:
    """The examples, one for each gist: with the last one's label, in the first one's place."""
    latest: dict[str, Example] = {}
    for example in examples:
        latest[gist(example.text)] = example
    return list(latest.values())


def split_by_text(
    examples: Sequence[Example],
    sides: tuple[float, float] = (0.7, 0.8),
    compared_at_most: int = COMPARED_AT_MOST,
) -> Split:
    """70/10/20, or other shares, by a hash of each text's gist, near-duplicates on one side; the same set is always split alike.

    A group goes where the first of its gists, in alphabetical order, goes. Where there are more than
    `compared_at_most` texts, only those of one gist are kept together: comparing all would take longer than a run.
    """
    gists = [gist(example.text) for example in examples]
    named_by = _first_of_its_group(gists) if len(gists) <= compared_at_most else gists
    split = Split([], [], [])
    for example, name in zip(examples, named_by, strict=True):
        share = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:4]) / 2**32
        side = split.train if share < sides[0] else split.validation if share < sides[1] else split.hold_out
        side.append(example)
    return split


def _first_of_its_group(gists: Sequence[str]) -> list[str]:
    if not gists:
        return []
    group = near_duplicates.groups(gists).tolist()
    first: dict[int, str] = {}
    for text, number in zip(gists, group, strict=True):
        first[number] = min(text, first.get(number, text))
    return [first[number] for number in group]


def require_both_classes(split: Split) -> Split:
    """The split itself. Raises TooFewExamples where a side lacks one of the classes."""
    for name, side in (("training", split.train), ("validation", split.validation), ("hold-out", split.hold_out)):
        spam = sum(example.is_spam for example in side)
        if min(spam, len(side) - spam) < LEAST_OF_A_CLASS:
            raise TooFewExamples(name, spam, len(side) - spam)
    return split
