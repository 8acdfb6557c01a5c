"""No cell of any file that hamlet writes for spreadsheets begins as a formula does."""

from __future__ import annotations

import ast
import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli import exports
from storage import formats, writing
from storage.formats import Decided, Format, Sample
from tests.test_conventions import FILES, ROOT

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
BLANKS = [" ", "  ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2060", "\u00ad", "\x00", "\x0b", "\u2028", "\u200b\t "]
TELLS = '1+1")|calc'
WRITERS = {"storage/writing.py", "cli/exports.py", "review/audit.py"}  # what members write is in these files alone
OURS = ("benchmarks/", "training/course/")  # tables of figures, and the course's published texts


def decided(text: str) -> Decided:
    return Decided(1, text, True, datetime(2026, 1, 1, tzinfo=UTC), 7, text, 0.9, "v1")


def without_blanks(text: str) -> str:
    """The text from its first character that is seen on."""
    return text.lstrip("".join(BLANKS))


def cells(content: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_text_of_the_export_is_a_formula_and_it_comes_back_as_it_was(beginning: str) -> None:
    content = writing.head(Format.CSV) + writing.written(Format.CSV, decided(beginning + TELLS))
    assert [cell for cell in cells(content) if cell.startswith(tuple(BEGINNINGS))] == []
    [sample] = formats.read(Format.CSV, [content.encode()])
    assert isinstance(sample, Sample)
    assert sample.text.replace("\r\n", "\n") == (beginning + TELLS).replace("\r\n", "\n")


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "＝"])
@pytest.mark.parametrize("blank", BLANKS)
def test_no_blank_hides_a_formula_and_the_text_comes_back_as_it_was(blank: str, beginning: str) -> None:
    text = blank + beginning + TELLS
    content = writing.head(Format.CSV) + writing.written(Format.CSV, decided(text))
    assert [cell for cell in cells(content) if without_blanks(cell).startswith(tuple(BEGINNINGS))] == []
    assert formats.harmless(text) == f"'{text}", "the text itself stays as it was sent"
    [sample] = formats.read(Format.CSV, [content.encode()])
    assert isinstance(sample, Sample)
    assert sample.text == text


@pytest.mark.parametrize(
    "text", ["", " ", "'", "' =1", "'\u200b=1", "''=1", " '=1", "\u200bwords", " 'words'", "it's = 1"]
)
def test_whatever_is_made_harmless_comes_back_as_it_was(text: str) -> None:
    assert formats.bare(formats.harmless(text)) == text


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_text_of_a_commands_file_is_a_formula(tmp_path: Path, beginning: str) -> None:
    with exports.opened(tmp_path / "a.csv", ["text", "score"]) as write:
        write({"text": beginning + TELLS, "score": -0.5})
    content = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert [cell for cell in cells(content) if cell.startswith(tuple(BEGINNINGS))] == ["-0.5"], "a number is one"


def test_whatever_writes_a_table_makes_its_cells_harmless() -> None:
    names = {path: path.relative_to(ROOT).as_posix() for path in FILES}
    writing_tables = {name for path, name in names.items() if not name.startswith(OURS) and _writes_tables(path)}
    assert writing_tables == WRITERS
    assert {name for name in WRITERS if "harmless(" not in (ROOT / name).read_text(encoding="utf-8")} == set()


def _writes_tables(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func) in ("csv.writer", "csv.DictWriter") for call in calls)
