"""Loads real model versions and keeps count: which were loaded, which are still in memory, how many were at once."""

from __future__ import annotations

import weakref
from pathlib import Path

from classifier.spam import SpamClassifier


class Shelf:
    """`load` stands in a worker's place of SpamClassifier.load. With `too_much`, that many at once do not fit."""

    def __init__(self, too_much: int = 100) -> None:
        self.loads: list[str] = []
        self.most = 0
        self._too_much = too_much
        self._loaded: weakref.WeakKeyDictionary[SpamClassifier, str] = weakref.WeakKeyDictionary()

    def load(self, directory: Path, precision: str, registered: str | None = None) -> SpamClassifier:
        self.loads.append(directory.name)
        loaded = SpamClassifier.load(directory, precision, registered)
        self._loaded[loaded] = directory.name
        self.most = max(self.most, len(self._loaded))
        if len(self._loaded) >= self._too_much:
            raise MemoryError("too many models")
        return loaded

    def alive(self) -> list[str]:
        """Names of the versions still in memory."""
        return sorted(self._loaded.values())
