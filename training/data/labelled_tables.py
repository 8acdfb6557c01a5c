"""Labelled texts out of tables: CSV, TSV and JSONL, or rows that were read elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training.data.datasets import Example
from training.errors import DatasetError

LABELS = {
    "spam": True,
    "ham": False,
    "1": True,
    "0": False,
    "true": True,
    "false": False,
    "pos": True,
    "neg": False,
}
LABEL_NAMES = ", ".join(LABELS)
NAMED_CLASSES = 8  # that an error lists, at most


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
    """Rows, each with its line number, as examples. Raises DatasetError."""
    if not rows:
        raise DatasetError(path, None, "holds no example")
    classes = dict.fromkeys(_spelt(row.get(label_column)) for _, row in rows)
    if len(classes) > 2 and any(label not in LABELS for label in classes):
        some = ", ".join([*classes][:NAMED_CLASSES]) + (", …" if len(classes) > NAMED_CLASSES else "")
        reason = f"{label_column} names {len(classes)} classes ({some}), and two can be told apart ({LABEL_NAMES})"
        raise DatasetError(path, None, f"{reason}: keep two of them")
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
        present = ", ".join(header) or "nothing"
        raise DatasetError(path, 1, f"column {' and '.join(missing)} is missing (the header has {present})")
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
        raise DatasetError(path, line, f"{label_column} is {label!r}, not one of {LABEL_NAMES}")
    return Example(text, is_spam, "file")
