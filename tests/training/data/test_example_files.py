"""A seed set in a file comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.data import example_files, labelled_files
from training.data.datasets import Example
from training.errors import DatasetError

EXAMPLES = [Example(f"line {i}\nand\u2028more £ {chr(0x1F600)}", i % 2 == 1, "starter", 0.5) for i in range(30)]


def test_origins_and_weights_come_back_as_a_seed_set_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / f"seed{example_files.SUFFIX}"
    example_files.write(path, EXAMPLES)
    assert labelled_files.read(path) == EXAMPLES


@pytest.mark.parametrize("line", ["no JSON", "[]", "3", '{"text": "a"}', '{"text": "a", "is_spam": true, "length": 1}'])
def test_a_line_that_hamlet_did_not_write_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / f"seed{example_files.SUFFIX}"
    example_files.write(path, EXAMPLES)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(DatasetError, match="line 31"):
        example_files.read(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.examples"):
        example_files.read(tmp_path / "none.examples")
