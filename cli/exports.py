"""Rows written to a file, for a spreadsheet or a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from cli.errors import CommandError
from storage.formats import harmless

Row = dict[str, Any]
Write = Callable[[Row], object]


@contextmanager
def opened(path: Path | None, columns: Sequence[str]) -> Iterator[Write]:
    """A function that writes one row to the file, in the format of its ending; without a path it drops the row.

    Raises CommandError where the ending is unknown or the file cannot be written.
    """
    if path is None:
        yield lambda row: None
        return
    if path.suffix not in WRITERS:
        raise CommandError(f"--out {path}: the name has to end with {' or '.join(WRITERS)}")
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield WRITERS[path.suffix](file, columns)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error


def _as_csv(file: TextIO, columns: Sequence[str]) -> Write:
    """Texts that a spreadsheet would take for a formula begin with an apostrophe: a spammer may have written them."""
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    return lambda row: writer.writerow({name: _harmless(value) for name, value in row.items()})


def _harmless(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _as_jsonl(file: TextIO, _columns: Sequence[str]) -> Write:
    return lambda row: file.write(json.dumps(row, ensure_ascii=False) + "\n")


WRITERS = {".csv": _as_csv, ".jsonl": _as_jsonl}
