"""A long measurement goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.finished_parts import FinishedParts, PartsNotReadable


def never() -> dict[str, Any]:
    raise AssertionError("measured again")


def test_a_finished_part_is_not_measured_again(tmp_path: Path) -> None:
    assert FinishedParts(tmp_path / "parts", "recipe 1").part("a", lambda: {"f1": 0.5}) == {"f1": 0.5}
    assert FinishedParts(tmp_path / "parts", "recipe 1").part("a", never) == {"f1": 0.5}


def test_under_other_conditions_it_is(tmp_path: Path) -> None:
    FinishedParts(tmp_path / "parts", "recipe 1").part("a", lambda: {"f1": 0.5})
    assert FinishedParts(tmp_path / "parts", "recipe 2").part("a", lambda: {"f1": 0.6}) == {"f1": 0.6}


def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path) -> None:
    FinishedParts(tmp_path / "parts", "recipe").part("a", lambda: {"f1": 0.5})
    with (tmp_path / "parts").open("a") as file:
        file.write('{"part": "b", "fig')
    kept = FinishedParts(tmp_path / "parts", "recipe")
    kept.part("b", lambda: {"f1": 0.7})
    again = FinishedParts(tmp_path / "parts", "recipe")
    assert (again.part("a", never), again.part("b", never)) == ({"f1": 0.5}, {"f1": 0.7})


@pytest.mark.parametrize("line", ["hello", "[]", "{}", '{"conditions": "recipe"}'])
def test_a_file_of_something_else_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "parts").write_text(line + "\n")
    with pytest.raises(PartsNotReadable, match=r"line 1 of .*parts"):
        FinishedParts(tmp_path / "parts", "recipe")


@pytest.mark.parametrize("content", ["hello", "one\ntwo", "\x00\xff"])
def test_a_file_that_is_refused_is_left_as_it_was(tmp_path: Path, content: str) -> None:
    (tmp_path / "notes").write_text(content)
    with pytest.raises(PartsNotReadable):
        FinishedParts(tmp_path / "notes", "recipe")
    assert (tmp_path / "notes").read_text() == content


@pytest.mark.parametrize("place", ["", "no such folder/parts"])
def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_measured(tmp_path: Path, place: str) -> None:
    with pytest.raises(PartsNotReadable, match="give --resume another file"):
        FinishedParts(tmp_path / place, "recipe")


def test_without_a_file_nothing_is_kept() -> None:
    assert FinishedParts(None, "recipe").part("a", lambda: {"f1": 0.5}) == {"f1": 0.5}
