"""The model versions that this process has loaded: one that serves, at most one in shadow, and never a third."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from classifier import files, resident_memory
from classifier.files import Stamps
from classifier.spam import SpamClassifier
from storage.models import ModelVersion
from worker.recent_scores import RecentScores

Load = Callable[[Path, str, str | None], SpamClassifier]  # a folder, the precision, the hash of its manifest
Fetch = Callable[[str], Path]


@dataclass(frozen=True)
class Serving:
    """A loaded version and the row it belongs to."""

    version_id: int
    name: str
    classifier: SpamClassifier
    stamps: Stamps = field(default_factory=dict)  # of its files, as they were when it was loaded

    @cached_property
    def recent(self) -> RecentScores:
        """Its scores of live messages, where repeated texts cost nothing."""
        return RecentScores(self.classifier)


class Models:
    """Two slots, each empty or holding a loaded version."""

    def __init__(
        self, directory: Path, precision: str, load: Load = SpamClassifier.load, fetch: Fetch | None = None
    ) -> None:
        """`fetch` brings a version's folder into the directory, where that is not the only place it may be in."""
        self._precision, self._load = precision, load
        self._fetch: Fetch = fetch or directory.joinpath
        self.champion: Serving | None = None
        self.shadow: Serving | None = None

    def serves(self, version: ModelVersion) -> bool:
        """Whether the version is loaded as champion."""
        return _is(self.champion, version)

    def shadows(self, version: ModelVersion) -> bool:
        """Whether the version is loaded as shadow."""
        return _is(self.shadow, version)

    def serve(self, version: ModelVersion) -> None:
        """Make the version champion; the one before moves to the shadow's slot, which `keep_shadow` empties.

        A version in shadow is loaded already. Raises CheckpointError, and then the old champion goes on serving.
        """
        self.follow(version)
        self.champion, self.shadow = self.shadow, self.champion

    def follow(self, version: ModelVersion) -> None:
        """Load the version into the shadow's slot, unless it is there. Raises CheckpointError."""
        self.keep_shadow(version)  # first, or a third would be loaded beside the champion and the old shadow
        if self.shadow is None:
            self.rest()  # or two versions' weights would be in memory at once
            self.shadow = self._loaded(version)

    def keep_shadow(self, version: ModelVersion | None) -> None:
        """Empty the shadow's slot and give its memory back, unless it holds this version."""
        if self.shadow is not None and not _is(self.shadow, version):
            self.shadow = None
            resident_memory.give_back()

    def rest(self) -> None:
        """Give back the memory that the loaded versions do not need until texts come again."""
        for serving in (self.champion, self.shadow):
            if serving is not None:
                serving.classifier.rest()

    def drop_changed(self) -> list[str]:
        """Empty the slots whose version's files were written to: parts of them are mapped, so it would score by other numbers.

        Returns a sentence for each.
        """
        reasons = []
        for serving in (self.champion, self.shadow):
            if serving is not None and (names := files.written_to(serving.stamps)):
                reasons.append(f"{', '.join(names)} of {serving.name} changed while it was loaded")
                self.champion = None if serving is self.champion else self.champion
                self.shadow = None if serving is self.shadow else self.shadow
        return reasons

    def _loaded(self, version: ModelVersion) -> Serving:
        folder = self._fetch(version.name)
        stamps = files.stamps(folder)  # first: what is written meanwhile counts as written since
        classifier = self._load(folder, self._precision, version.manifest_hash)
        return Serving(version.id, version.name, classifier, stamps)


def _is(serving: Serving | None, version: ModelVersion | None) -> bool:
    return serving is not None and version is not None and serving.version_id == version.id
