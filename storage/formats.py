"""Reads labelled texts from CSV, JSONL and the files of tg-spam (umputun/tg-spam). Pure."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.lines import Line, LineError, numbered

LONGEST_TEXT = 200_000  # characters; longer texts are never judged
LABELS = {"spam": True, "ham": False, "1": True, "0": False, "true": True, "false": False}
STARTS = (*"=+-@＝＋－＠",)  # what a spreadsheet takes for the beginning of a formula
FORMULA = (*STARTS, *"\t\r\n")  # what no cell begins with
UNSEEN = ("Cc", "Cf", "Zs")  # categories of characters before it that a spreadsheet may leave out


class Format(StrEnum):
    CSV = "csv"  # columns text and label, named in the first line
    JSONL = "jsonl"  # {"text": …, "label": "spam"} a line
    SPAM_TXT = "spam-txt"  # one spam text a line: tg-spam's spam-samples.txt
    HAM_TXT = "ham-txt"  # one ham text a line: tg-spam's ham-samples.txt
    DETECTED_SPAM = "detected-spam"  # tg-spam's detected_spam.jsonl: every line is spam


@dataclass(frozen=True)
class Sample:
    """A text and its label."""

    line: int
    text: str
    is_spam: bool


@dataclass(frozen=True)
class Decided:
    """A text that a moderator decided on, as it is written into a file."""

    correction_id: int
    text: str
    is_spam: bool
    decided_at: datetime
    author_id: int | None
    author_name: str
    score: float
    model_version: str

    @property
    def label(self) -> str:
        return "spam" if self.is_spam else "ham"


Read = Sample | LineError


def read(kind: Format, chunks: Iterable[bytes]) -> Iterator[Read]:
    """The samples of a file of that format, with an error for each line without one; blank lines are skipped."""
    lines = numbered(chunks)
    if kind == Format.CSV:
        return _read_csv(lines)
    return _each(lines, READERS[kind])


def _each(lines: Iterable[Line | LineError], reader: Callable[[Line], Read]) -> Iterator[Read]:
    for line in lines:
        if isinstance(line, LineError):
            yield line
        elif line.text.strip():
            yield reader(Line(line.number, line.text.removesuffix("\r")))


def _sample(line: int, text: object, label: object) -> Read:
    if not isinstance(text, str) or not text.strip():
        return LineError(line, "there is no text")
    if len(text) > LONGEST_TEXT:
        return LineError(line, f"the text is longer than {LONGEST_TEXT:,} characters")
    is_spam = LABELS.get(str(label).strip().lower())
    if is_spam is None:
        return LineError(line, "the label is neither spam nor ham (1/0 and true/false are known too)")
    return Sample(line, text, is_spam)


class _Feed:
    """Lines as the csv module wants them; unreadable ones are collected."""

    def __init__(self, lines: Iterable[Line | LineError]) -> None:
        self._lines = iter(lines)
        self._refused: list[LineError] = []
        self.number = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            if isinstance(line, Line):
                self.number = line.number
                return f"{line.text}\n"
            self._refused.append(line)
        raise StopIteration

    def refused(self) -> list[LineError]:
        """The unreadable lines since the last call."""
        refused, self._refused = self._refused, []
        return refused


def _read_csv(lines: Iterable[Line | LineError]) -> Iterator[Read]:
    feed = _Feed(lines)
    rows = csv.reader(feed)
    columns: list[str] = []
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield LineError(feed.number, f"this is not CSV: {error}")
            continue
        yield from feed.refused()
        if row is None:
            return
        if not columns:
            columns = [name.strip().lower() for name in row]
            if not {"text", "label"} <= set(columns):
                yield LineError(feed.number, "the first line has to name the columns text and label")
                return
        elif any(cell.strip() for cell in row):
            named = dict(zip(columns, row, strict=False))
            yield _sample(feed.number, bare(named["text"]) if "text" in named else None, named.get("label"))


def _read_jsonl(line: Line) -> Read:
    return _of_object(line, lambda value: _sample(line.number, value.get("text"), value.get("label")))


def _read_detected(line: Line) -> Read:
    return _of_object(line, lambda value: _sample(line.number, value.get("text"), "spam"))


def _of_object(line: Line, reader: Callable[[dict[str, Any]], Read]) -> Read:
    try:
        value = json.loads(line.text)
    except (ValueError, RecursionError):
        return LineError(line.number, "this is not JSON")
    return reader(value) if isinstance(value, dict) else LineError(line.number, "this is not a JSON object")


READERS: dict[Format, Callable[[Line], Read]] = {
    Format.JSONL: _read_jsonl,
    Format.SPAM_TXT: lambda line: _sample(line.number, line.text, "spam"),
    Format.HAM_TXT: lambda line: _sample(line.number, line.text, "ham"),
    Format.DETECTED_SPAM: _read_detected,
}


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula, which a spammer may have sent."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def bare(text: str) -> str:
    """The text without the apostrophe that `harmless` gave it."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, also after blanks and what is invisible, which some leave out."""
    seen = next((c for c in text if not (c.isspace() or unicodedata.category(c) in UNSEEN)), "")
    return text.startswith(FORMULA) or seen in STARTS
