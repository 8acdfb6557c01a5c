"""Labelled CSV, TSV and JSONL files: read, or refused with the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.datasets import (
    Example,
)
from training.data.labelled_tables import read_labelled
from training.errors import DatasetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pairs(path: Path) -> list[tuple[str, bool]]:
    return [(example.text, example.is_spam) for example in read_labelled(path)]


def refusal(path: Path) -> str:
    """What is said about the file, after its name."""
    with pytest.raises(DatasetError) as refused:
        read_labelled(path)
    assert str(refused.value).startswith(str(path))
    return str(refused.value).removeprefix(str(path))


def test_a_csv_is_read(folder: Path) -> None:
    path = written(folder, "a.csv", 'label,text\nspam,"win, now"\nham,hello\n')
    assert pairs(path) == [("win, now", True), ("hello", False)]


def test_a_tsv_is_read(folder: Path) -> None:
    assert pairs(written(folder, "a.tsv", "text\tlabel\nwin, now\tspam\n")) == [("win, now", True)]


def test_a_jsonl_is_read(folder: Path) -> None:
    path = written(folder, "a.jsonl", '{"text": "win", "label": true}\n\n{"text": "hi", "label": 0, "by": "x"}\n')
    assert pairs(path) == [("win", True), ("hi", False)]


@pytest.mark.parametrize("label", ["spam", "SPAM", " Spam ", "1", "true", "True"])
def test_spam_may_be_spelt_in_several_ways(folder: Path, label: str) -> None:
    assert pairs(written(folder, "a.csv", f"text,label\nwin,{label}\n")) == [("win", True)]


def test_a_cell_may_hold_several_lines_and_quotes(folder: Path) -> None:
    path = written(folder, "a.csv", 'text,label\r\n"win\nnow\n\n""today""",spam\r\nhi,ham\r\n')
    assert pairs(path) == [('win\nnow\n\n"today"', True), ("hi", False)]


def test_the_columns_may_have_other_names(folder: Path) -> None:
    path = written(folder, "a.csv", "v2,v1\nwin,spam\n")
    assert read_labelled(path, "v2", "v1") == [Example("win", True, "file")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", ", line 1: column text and label is missing (the header has nothing)"),
        ("text,class\nwin,spam\n", ", line 1: column label is missing (the header has text, class)"),
        ("text,label\n", ": holds no example"),
        (
            "text,label\nwin,spam\nhi,maybe\n",
            ", line 3: label is 'maybe', not one of spam, ham, 1, 0, true, false, pos, neg",
        ),
        ("text,label\nwin\n", ", line 2: label is None, not one of spam, ham, 1, 0, true, false, pos, neg"),
        ("text,label\nwin,spam\n  ,ham\n", ", line 3: text is missing or empty"),
        ('text,label\n"a\nb",ham\nhi,\n', ", line 4: label is '', not one of spam, ham, 1, 0, true, false, pos, neg"),
    ],
    ids=["empty", "no column", "no row", "wrong label", "no label", "empty text", "after two lines in one cell"],
)
def test_a_refused_table_is_told_by_line(folder: Path, content: str, reason: str) -> None:
    assert refusal(written(folder, "a.csv", content)) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"text": "a", "label": 1}\n{"text": \n', ", line 2: is not JSON"),
        ('["a", 1]\n', ", line 1: is not a JSON object"),
        ('\n\n{"label": 1}\n', ", line 3: text is missing or empty"),
        ('{"text": 5, "label": 1}\n', ", line 1: text is missing or empty"),
        ('{"text": "a"}\n', ", line 1: label is None"),
        ("", ": holds no example"),
    ],
)
def test_a_refused_jsonl_is_told_by_line(folder: Path, content: str, reason: str) -> None:
    assert refusal(written(folder, "a.jsonl", content)).startswith(reason)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    assert "cannot be read as UTF-8" in refusal(written(folder, "a.csv", "text,label\nnaïve,ham\n".encode("latin-1")))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_refused(folder: Path, name: str) -> None:
    assert "cannot be read" in refusal(folder / name)


@given(st.text(st.characters(exclude_categories=()), min_size=1).filter(str.strip))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_from_jsonl(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps({"text": text, "label": "spam"}), encoding="utf-8")
    assert pairs(path) == [(text, True)]


def test_a_header_too_long_for_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.csv").write_text("x" * 200_000 + ",label\nhello,ham\n")
    with pytest.raises(DatasetError, match=r"line 1.*cannot be read"):
        read_labelled(tmp_path / "huge.csv")
