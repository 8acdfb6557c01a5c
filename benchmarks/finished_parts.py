"""Finished parts of a long measurement in a file, so that one that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.errors import TrainingError


class PartsNotReadable(TrainingError):
    """The file that --resume names holds something else, or cannot be read."""

    def __init__(self, path: Path, line: int, reason: str = "") -> None:
        what = reason or f"line {line} of {path} is no part of a measurement"
        super().__init__(f"{what}: give --resume another file")


BEGINS = b'{"part": '


class FinishedParts:
    """Parts by name, one JSON object a line; only those measured under the same conditions count."""

    def __init__(self, path: Path | None, conditions: str) -> None:
        """Without a path nothing is stored. A last line that was cut off is dropped. Raises PartsNotReadable."""
        self._path, self._conditions = path, conditions
        self._parts: dict[str, Any] = {}
        if path is None:
            return
        try:
            with path.open("ab+") as file:
                file.seek(0)
                content = file.read()
        except OSError as error:
            raise PartsNotReadable(path, 1, str(error)) from error
        whole, _, cut_off = content.rpartition(b"\n")
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                row = json.loads(line)
                if row["conditions"] == conditions:
                    self._parts[row["part"]] = row["figures"]
            except (ValueError, TypeError, KeyError) as error:
                raise PartsNotReadable(path, number) from error
        if cut_off:
            if not cut_off.startswith(BEGINS):
                raise PartsNotReadable(path, whole.count(b"\n") + 2 if whole else 1)
            path.write_bytes(whole + b"\n" if whole else b"")

    def part(self, name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The part's figures: those that are stored, or else measured now and stored."""
        if name not in self._parts:
            self._parts[name] = measure()
            if self._path is not None:
                line = {"part": name, "conditions": self._conditions, "figures": self._parts[name]}
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
        figures: dict[str, Any] = self._parts[name]
        return figures
