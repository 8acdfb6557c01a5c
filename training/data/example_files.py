"""A seed set in a file, with the origin and the weight of each example, which labelled files do not have.

For HAMLET_SEED_DATA where a benchmark begins with part of the default seed set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from training.data.datasets import Example
from training.errors import DatasetError

SUFFIX = ".examples"


def write(path: Path, examples: Iterable[Example]) -> None:
    """One JSON object a line; the path must end with SUFFIX, by which it is recognised."""
    path.write_text("".join(json.dumps(asdict(example)) + "\n" for example in examples), encoding="utf-8")


def read(path: Path) -> list[Example]:
    """The same examples. Raises DatasetError naming the first line that is no example."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, None, f"cannot be read as UTF-8 text ({error})") from error
    return [_example(path, number, line) for number, line in enumerate(lines, start=1)]


def _example(path: Path, number: int, line: str) -> Example:
    try:
        return Example(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise DatasetError(path, number, f"is not an example as hamlet writes it ({error})") from error
