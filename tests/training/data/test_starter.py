"""What reads the starter set, and what is said of a file of it that was edited badly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.data import starter
from training.data.datasets import Example, Split
from training.data.snapshot import hash_of_measured_seed
from training.errors import DatasetError
from training.fit.plan import weights_of

GOOD = {"text": "write + in private", "is_spam": True, "kind": "short-lure"}


def written(folder: Path, *rows: object, name: str = "en.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def refusal(path: Path) -> str:
    """What is said about the file, after its name."""
    with pytest.raises(DatasetError) as refused:
        starter.read(path.parent)
    assert str(refused.value).startswith(str(path))
    return str(refused.value).removeprefix(str(path))


def test_its_examples_say_where_they_come_from(tmp_path: Path) -> None:
    written(tmp_path, GOOD, {"text": "see you at six", "is_spam": False, "kind": "family"})
    assert starter.read(tmp_path) == [
        Example("write + in private", True, "starter"),
        Example("see you at six", False, "starter"),
    ]


def test_what_an_example_counts_does_not_hang_on_the_seed_set_it_is_of() -> None:
    assert weights_of([Example("a", True, "starter"), Example("b", True, "seed")], of_a_correction=3.0) == [1.0, 1.0]


def test_versions_measured_with_other_lines_of_it_are_told_apart() -> None:
    one, other = (Split([], [], [Example(text, True, "starter")]) for text in "ab")
    assert hash_of_measured_seed(one) != hash_of_measured_seed(other)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"),
        ("", "is not JSON (Expecting value: line 1 column 1 (char 0))"),
        (["a"], "is not a JSON object"),
        ({"text": "hi", "kind": "one-word"}, "is_spam is missing"),
        ({}, "is_spam and kind and text is missing"),
        ({**GOOD, "lang": "en"}, "lang is no key of a line; it has text, is_spam and kind"),
        ('{"text": "a", "text": "b", "is_spam": true, "kind": "casino"}', "gives text more than once"),
        ({**GOOD, "text": " \n"}, "text is empty or no text"),
        ({**GOOD, "text": 7}, "text is empty or no text"),
        ({**GOOD, "text": "a \ud83d"}, "text holds half of a character"),
        ({**GOOD, "is_spam": "true"}, "is_spam is 'true', neither true nor false"),
        ({**GOOD, "is_spam": 1}, "is_spam is 1, neither true nor false"),
        ({**GOOD, "kind": None}, "kind is None, no kind of spam that training/data/starter/kinds.py has"),
        ({**GOOD, "is_spam": False}, "kind is 'short-lure', no kind of ham that training/data/starter/kinds.py has"),
        ({**GOOD, "text": "WRITE +  in private"}, "says the same as en.jsonl, line 1: leave one of them out"),
    ],
)
def test_a_bad_line_is_told_by_file_line_and_reason(tmp_path: Path, row: object, reason: str) -> None:
    assert refusal(written(tmp_path, GOOD, row)) == f", line 2: {reason}"


def test_a_text_of_another_file_is_a_repeat(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    assert refusal(written(tmp_path, GOOD, name="ru.jsonl")).startswith(", line 1: says the same as en.jsonl, line 1")


def test_bytes_that_are_not_utf8_are_told_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_bytes(path.read_bytes() + '{"text": "naïve"}\n'.encode("latin-1"))
    assert refusal(path).startswith(", line 2: is not UTF-8")


def test_a_file_of_no_known_language_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, GOOD, name="english.jsonl")).startswith(": is named after no language of the set")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").mkdir()
    assert refusal(tmp_path / "en.jsonl").startswith(": cannot be read")


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no file of the starter set"):
        starter.read(tmp_path)
