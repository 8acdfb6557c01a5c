"""Reading labelled texts, removing repeats, splitting."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from training import near_duplicates
from training.errors import DatasetError, TooFewExamples

LABELS = {
    "spam": True, "ham": False, "1": True, "0": False, "true": True, "false": False, "pos": True, "neg": False
}  # fmt: skip
KNOWN = ", ".join(LABELS)
NAMED_CLASSES = 8  # as many classes as an error names
LEAST_OF_A_CLASS = 1
COURSE_SEED = 123
COMPARED_AT_MOST = 20_000  # texts of a seed set; some seconds


@dataclass(frozen=True)
class Example:
    """A labelled text and where it comes from: `seed`, `starter`, `file`, `correction` or `presumed`.

    Of a correction, `weight` says how much it counts beside one made today.
    """

    text: str
    is_spam: bool
    origin: str = "seed"
    weight: float = 1.0


@dataclass(frozen=True)
class Split:
    """Examples to learn from, to choose by, and to measure on; no text stands in two of them."""

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


def read_labelled(path: Path, text_column: str = "text", label_column: str = "label") -> list[Example]:
    """Examples of a CSV, TSV or JSONL file with a text and a label column (spam/ham, 1/0, true/false, pos/neg).

    Raises DatasetError naming the line of the first missing column, wrong label or empty text, and the classes where
    there are more than two.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")  # Excel begins its files with a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, None, f"cannot be read as UTF-8 text ({error})") from error
    rows = (
        _json_rows(path, content)
        if path.suffix.lower() in (".jsonl", ".ndjson")
        else _table_rows(path, content, text_column, label_column)
    )
    return examples_of(path, list(rows), text_column, label_column)


def examples_of(
    path: Path, rows: Sequence[tuple[int, dict[str, Any]]], text_column: str, label_column: str
) -> list[Example]:
    """Rows, each with its line, as examples. Raises DatasetError."""
    if not rows:
        raise DatasetError(path, None, "holds no example")
    found = dict.fromkeys(_spelt(row.get(label_column)) for _, row in rows)
    if len(found) > 2 and any(label not in LABELS for label in found):
        some = ", ".join([*found][:NAMED_CLASSES]) + (", …" if len(found) > NAMED_CLASSES else "")
        raise DatasetError(
            path, None, f"{label_column} names {len(found)} classes ({some}), and two can be told apart ({KNOWN}): keep two of them"
        )  # fmt: skip
    return [_example(path, line, row, text_column, label_column) for line, row in rows]


def _spelt(label: object) -> str:
    return str(label).strip().lower()


def _table_rows(path: Path, content: str, *columns: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        header = reader.fieldnames or []
    except csv.Error as error:
        raise DatasetError(path, 1, f"cannot be read ({error})") from error
    missing = [column for column in columns if column not in header]
    if missing:
        found = ", ".join(header) or "nothing"
        raise DatasetError(path, 1, f"column {' and '.join(missing)} is missing (the header has {found})")
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise DatasetError(path, reader.line_num, f"cannot be read ({error})") from error


def _json_rows(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetError(path, number, f"is not JSON ({error})") from error
        if not isinstance(row, dict):
            raise DatasetError(path, number, "is not a JSON object")
        yield number, row


def _example(path: Path, line: int, row: dict[str, Any], text_column: str, label_column: str) -> Example:
    text, label = row.get(text_column), row.get(label_column)
    if not isinstance(text, str) or not text.strip():
        raise DatasetError(path, line, f"{text_column} is missing or empty")
    if (is_spam := LABELS.get(_spelt(label))) is None:
        raise DatasetError(path, line, f"{label_column} is {label!r}, not one of {KNOWN}")
    return Example(text, is_spam, "file")


def gist(text: str) -> str:
    """What two texts share when they are the same but for case, white space, digits and Unicode form."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"\d", "0", folded).split())


def without_repeats(examples: Iterable[Example]) -> list[Example]:
    """The examples, one of each gist: the last one's label counts, and the first one's place."""
    latest: dict[str, Example] = {}
    for example in examples:
        latest[gist(example.text)] = example
    return list(latest.values())


def split_by_text(examples: Sequence[Example], sides: tuple[float, float] = (0.7, 0.8)) -> Split:
    """70/10/20, or another share of sides, by a hash of each text's gist, near-duplicates on one side; a set that does not change is split alike.

    A group goes where the first of its gists, in alphabetical order, goes. Where there are more than
    COMPARED_AT_MOST texts, only those of one gist are kept together: comparing all would take longer than a run.
    """
    gists = [gist(example.text) for example in examples]
    named_by = _first_of_its_group(gists) if len(gists) <= COMPARED_AT_MOST else gists
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
