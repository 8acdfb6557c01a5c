"""The named errors of the classifier; the tree stands in the package's docstring."""

from __future__ import annotations

from pathlib import Path


class ClassifierError(Exception):
    """Anything the classifier refuses to do."""


class TextError(ClassifierError):
    """A text that cannot be judged."""


class NothingToJudge(TextError):
    def __init__(self) -> None:
        super().__init__("nothing to judge: the text has no visible character")


class TextTooLong(TextError):
    def __init__(self, found: int, unit: str, limit: int) -> None:
        super().__init__(f"the text has {found:,} {unit}, at most {limit:,} are judged")


class CheckpointError(ClassifierError):
    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"model directory {directory} cannot be loaded: {reason}")


class PretrainedError(ClassifierError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"base model {path} cannot be read: {reason}")
