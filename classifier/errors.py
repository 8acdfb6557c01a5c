"""The named errors of the classifier; the package's docstring shows their tree."""

from __future__ import annotations

from pathlib import Path


class ClassifierError(Exception):
    """Anything the classifier refuses to do."""


class TextError(ClassifierError):
    """A text that cannot be scored."""


class NothingToJudge(TextError):
    """The text has no visible character."""

    def __init__(self) -> None:
        super().__init__("nothing to judge: the text has no visible character")


class TextTooLong(TextError):
    """The text has more characters or tokens than are scored."""

    def __init__(self, length: int, unit: str, limit: int) -> None:
        super().__init__(f"the text has {length:,} {unit}, at most {limit:,} are judged")


class CheckpointError(ClassifierError):
    """A model directory that is missing, damaged or of another make."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"model directory {directory} cannot be loaded: {reason}")


class PretrainedError(ClassifierError):
    """A published base model that cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"base model {path} cannot be read: {reason}")
