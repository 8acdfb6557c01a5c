"""Splits bytes as they arrive into numbered lines of bounded length, so that no file has to fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 1_000_000  # bytes; a text of 200,000 characters fits, in JSON too


@dataclass(frozen=True)
class Line:
    """One line without its line feed; a carriage return before it stays."""

    number: int
    text: str


@dataclass(frozen=True)
class LineError:
    """A line that cannot be taken, and why."""

    line: int
    reason: str


def numbered(chunks: Iterable[bytes]) -> Iterator[Line | LineError]:
    """The lines of a UTF-8 file, counted from 1, with an error for each that is too long or not UTF-8."""
    for number, line in enumerate(_split(chunks), 1):
        yield _read(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def _read(number: int, line: bytes) -> Line | LineError:
    if len(line) > LONGEST_LINE:
        return LineError(number, f"the line is longer than {LONGEST_LINE:,} bytes")
    try:
        return Line(number, line.decode("utf-8"))
    except UnicodeDecodeError:
        return LineError(number, "the line is not UTF-8")


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without their line feeds; a line that is too long is cut just beyond the limit."""
    rest = b""
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest = _bounded(rest + first)
        for line in others:
            yield rest
            rest = _bounded(line)
    if rest:
        yield rest


def _bounded(line: bytes) -> bytes:
    return line[: LONGEST_LINE + 1]
