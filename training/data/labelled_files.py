"""Labelled files of every kind that `hamlet train --data` takes: CSV, TSV, JSONL, Parquet, the IMDb archive, example files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from training.data import example_files, imdb, labelled_tables
from training.data.datasets import Example
from training.errors import DatasetError, OneClassAlone

LEAST_EXAMPLES = 20


@dataclass(frozen=True)
class LabelledFile:
    """A file of examples, and which of its columns hold them."""

    path: Path
    text_column: str = "text"
    label_column: str = "label"


def read(file: LabelledFile | Path) -> list[Example]:
    """The file's examples; for a path alone, the columns are `text` and `label`.

    Raises DatasetError for an unknown label, a third class, an empty text and fewer than 20 examples, OneClassAlone for
    a single class.
    """
    chosen = file if isinstance(file, LabelledFile) else LabelledFile(file)
    return require_enough(chosen.path, _read(chosen))


def _read(file: LabelledFile) -> list[Example]:
    if imdb.holds(file.path):
        return imdb.read(file.path)
    if file.path.suffix == example_files.SUFFIX:
        return example_files.read(file.path)
    if file.path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(file)
    return labelled_tables.read_labelled(file.path, file.text_column, file.label_column)


def _parquet(file: LabelledFile) -> list[Example]:
    try:
        frame = pd.read_parquet(file.path)
    except (OSError, ValueError) as error:
        raise DatasetError(file.path, None, f"cannot be read as Parquet ({error})") from error
    columns = (file.text_column, file.label_column)
    if missing := [column for column in columns if column not in frame.columns]:
        present = ", ".join(map(str, frame.columns)) or "nothing"
        reason = f"column {' and '.join(missing)} is missing (it has {present})"
        raise DatasetError(file.path, None, f"{reason}; name them with --text-column and --label-column")
    texts, labels = (frame[column].tolist() for column in columns)
    rows = [(i, dict(zip(columns, pair, strict=True))) for i, pair in enumerate(zip(texts, labels, strict=True), 1)]
    return labelled_tables.examples_of(file.path, rows, *columns)


def require_enough(path: Path, examples: list[Example]) -> list[Example]:
    """The examples themselves. Raises DatasetError where they are too few, OneClassAlone for a single class."""
    if len(examples) < LEAST_EXAMPLES:
        raise DatasetError(
            path, None, f"holds {len(examples)} examples; at least {LEAST_EXAMPLES} are needed: add more"
        )
    if len({example.is_spam for example in examples}) < 2:
        only = "spam (class 1)" if examples[0].is_spam else "ham (class 0)"
        raise OneClassAlone(path, only)
    return examples
