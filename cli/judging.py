"""Scoring from the shell, with the champion and without a server."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from cli.app import CommandError
from storage.queries import versions
from storage.session import open_engine, reading
from storage.settings import StorageSettings

BATCH = 64
ELSEWHERE = (100, 24)  # columns and lines where the output is no terminal
BEFORE_TEXT, LEAST_ROOM = 17, 20  # columns
LONGEST = 2_000  # characters that are looked at to fill a line


def classify(texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each text's score, side and model version, in order. A text without a score has an `error` instead.

    Raises CommandError where no version serves, CheckpointError where its directory is damaged.
    """
    name, classifier = _champion()
    waiting = iter(texts)
    while batch := list(islice(waiting, BATCH)):
        for text, answer in zip(batch, classifier.try_score(batch), strict=True):
            if isinstance(answer, TextError):
                yield {"text": text, "score": None, "is_spam": None, "model_version": name, "error": str(answer)}
            else:
                is_spam = answer >= classifier.thresholds.review
                yield {"text": text, "score": round(answer, 6), "is_spam": is_spam, "model_version": name}


def _champion() -> tuple[str, SpamClassifier]:
    storage = StorageSettings()
    with reading(open_engine(storage.address)) as session:
        champion = versions.champion(session)
    if champion is None:
        raise CommandError("no model version serves yet; `hamlet train` makes one and `hamlet promote` has it serve")
    return champion.name, SpamClassifier.load(storage.models / champion.name)


def lines(path: Path) -> Iterator[str]:
    """Messages of a file, one a line; `-` is standard input. Raises CommandError where it cannot be read."""
    try:
        if str(path) == "-":
            yield from _messages(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n"))
            return
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            yield from _messages(file)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error


def _messages(file: Iterable[str]) -> Iterator[str]:
    return (line.rstrip("\r\n") for line in file)


def table(answers: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A heading, then one line an answer, as soon as it is known: score, side and as much of the text as the terminal has room for."""
    width = shutil.get_terminal_size(ELSEWHERE).columns
    for n, answer in enumerate(answers):
        if n == 0:
            yield f"score  side      text (judged by {answer['model_version']})"
        yield _line(answer, width)


def _line(answer: dict[str, Any], width: int) -> str:
    if answer["score"] is None:
        return f"    –  no score  {answer['error']}"
    side = "spam" if answer["is_spam"] else "not spam"
    return f"{answer['score']:.3f}  {side:8}  {printable(answer['text'], max(LEAST_ROOM, width - BEFORE_TEXT))}"


def printable(text: str, width: int) -> str:
    """The text on one line of at most so many columns, without what could steer the terminal."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text[:LONGEST].split()))
    return shown if cell_len(shown) <= width else set_cell_size(shown, width - 1).rstrip() + "…"
