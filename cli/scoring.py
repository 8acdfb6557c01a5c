"""Scoring from the shell, with the champion and without a server."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from cli.console import printable, width
from cli.errors import CommandError
from storage.learning import versions
from storage.session import open_engine, reading
from storage.settings import StorageSettings

BATCH = 64
BEFORE_TEXT, LEAST_ROOM = 17, 20  # columns


def classify(texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each text's score, label and model version, in order. A text without a score has an `error` instead.

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
        raise CommandError("no model version serves yet; `hamlet train` makes one and `hamlet promote` promotes it")
    folder = storage.shared_models.fetch(champion.name)
    return champion.name, SpamClassifier.load(folder, registered=champion.manifest_hash)


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
    """A heading, then a line for each answer as it comes: score, label and as much of the text as fits the terminal."""
    columns = width()
    for n, answer in enumerate(answers):
        if n == 0:
            yield f"score  side      text (judged by {answer['model_version']})"
        yield _line(answer, columns)


def _line(answer: dict[str, Any], columns: int) -> str:
    if answer["score"] is None:
        return f"    –  no score  {answer['error']}"
    side = "spam" if answer["is_spam"] else "not spam"
    return f"{answer['score']:.3f}  {side:8}  {printable(answer['text'], max(LEAST_ROOM, columns - BEFORE_TEXT))}"
