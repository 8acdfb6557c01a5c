"""The model version this process serves: loaded at the start, swapped between two batches after a promotion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Engine

from classifier import memory
from classifier.errors import CheckpointError
from classifier.spam import SpamClassifier
from storage.models import ModelVersion
from storage.queries import versions
from storage.session import reading

log = structlog.get_logger()


@dataclass(frozen=True)
class Serving:
    """A loaded version and the row it belongs to."""

    version_id: int
    name: str
    classifier: SpamClassifier


class Champion:
    """Holds the version that serves. A damaged directory is refused and never replaces what is loaded."""

    def __init__(self, engine: Engine, models: Path, precision: str) -> None:
        self._engine, self._models, self._precision = engine, models, precision
        self._serving: Serving | None = None
        self._refused: set[int] = set()

    def current(self) -> Serving | None:
        """The version to judge with now, after swapping if another was promoted; None while there is none.

        Raises DatabaseUnreachable.
        """
        with reading(self._engine) as session:
            champion = versions.champion(session)
            spare = versions.fallbacks(session) if self._serving is None else []
        if champion is not None and not self._serves(champion):
            self._swap([champion, *spare])
        return self._serving

    def _serves(self, version: ModelVersion) -> bool:
        return self._serving is not None and self._serving.version_id == version.id

    def _swap(self, candidates: list[ModelVersion]) -> None:
        for version in candidates:
            if version.id in self._refused or self._serves(version):
                continue
            loaded = self._load(version)
            if loaded is not None:
                self._serving = loaded
                memory.give_back()  # what the version before it held
                log.info("serving", model_version=version.name)
                return

    def _load(self, version: ModelVersion) -> Serving | None:
        try:
            classifier = SpamClassifier.load(self._models / version.name, self._precision)
        except CheckpointError as error:
            self._refused.add(version.id)
            kept = self._serving.name if self._serving else "the version before it, if there is one"
            log.error("model version refused", model_version=version.name, reason=str(error), keeps=kept)
            return None
        return Serving(version.id, version.name, classifier)
