"""The named errors of training; the package's docstring shows their tree."""

from __future__ import annotations

from pathlib import Path


class TrainingError(Exception):
    """Anything training refuses to do."""


class DownloadError(TrainingError):
    """A file could not be downloaded, or is not the file it should be."""


class DatasetError(TrainingError):
    """A file of examples is wrong, in this line or as a whole."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}{'' if line is None else f', line {line}'}: {reason}")


class TooFewExamples(TrainingError):
    """One side of the split lacks a class."""

    def __init__(self, split: str, spam: int, ham: int) -> None:
        super().__init__(
            f"the {split} split has {spam} spam and {ham} ham; both classes are needed: add examples "
            "(near-duplicates stand on one side together)"
        )


class OneClassAlone(TooFewExamples):
    """A labelled file holds examples of one class only."""

    def __init__(self, path: Path, only: str) -> None:
        TrainingError.__init__(self, f"{path}: holds {only} alone; add examples of the other class")


class ModelNotStored(TrainingError):
    """The finished version could not be written to disk."""

    def __init__(self, folder: Path, reason: OSError) -> None:
        super().__init__(f"the model version could not be stored in {folder} ({reason}); make room or set HAMLET_HOME")


class TrainingBusy(TrainingError):
    """Another run holds the lease."""

    def __init__(self) -> None:
        super().__init__("another fine-tuning run is under way; wait for it to end")


class TrainingDiverged(TrainingError):
    """The loss is no longer a number."""

    def __init__(self, step: int, steps: int) -> None:
        super().__init__(
            f"the loss is no longer a number at step {step} of {steps}; nothing was registered and the champion stays: "
            "lower the learning rate, or use fp32 products"
        )


class SnapshotMismatch(TrainingError):
    """The examples are no longer those that were hashed."""

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(
            f"the snapshot's hash is {actual[:12]}…, not {expected[:12]}…: its examples were changed after they were "
            "collected; collect them anew by running this again"
        )


class NotRebuildable(TrainingError):
    """An earlier version's snapshot cannot be collected again."""

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"{version} cannot be made again: {reason}")


class BaseModelTooShallow(TrainingError):
    """The base model has fewer blocks than the recipe takes."""

    def __init__(self, name: str, blocks: int, needed: int) -> None:
        super().__init__(
            f"the recipe takes the first {needed} blocks of the base model and {name} has {blocks}: "
            "choose a deeper one (HAMLET_BASE_MODEL)"
        )
