"""Keeps the loaded versions in step with the database: after a promotion they are swapped between two batches."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from classifier.errors import CheckpointError
from storage.learning import versions
from storage.models import ModelVersion
from storage.session import reading
from worker.models import Models, Serving

log = structlog.get_logger()

RETRY_SECONDS = 300.0  # by then a full disk or memory may have room


class Champion:
    """The champion and the challenger in shadow. A version that cannot be loaded replaces nothing."""

    def __init__(self, engine: Engine, models: Models, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._models, self._clock = engine, models, clock
        self._in_shadow: ModelVersion | None = None
        self._refused_until: dict[int, float] = {}
        self._no_shadow_until: dict[
            int, float
        ] = {}  # apart, because a version that fails beside a champion may still serve alone

    @property
    def loaded(self) -> list[str]:
        """Names of the loaded versions, the champion first."""
        return [serving.name for serving in (self._models.champion, self._models.shadow) if serving is not None]

    def current(self) -> Serving | None:
        """The version to judge with now, swapped if another was promoted; None while there is none.

        A shadow that ended is unloaded; a new one is loaded by `shadow`. Raises DatabaseUnreachable.
        """
        for reason in self._models.drop_changed():
            log.error("model version dropped", reason=reason, remedy="`hamlet doctor` checks every file")
        loaded = self._models.champion
        with reading(self._engine) as session:
            promoted, self._in_shadow = versions.in_service(session)
            stays = promoted is not None and self._models.serves(promoted)
            is_rolled_back = loaded is not None and not stays and versions.is_refused(session, loaded.version_id)
            spare = versions.fallbacks(session) if loaded is None or is_rolled_back else []
        for version in [promoted, *spare] if promoted else []:
            if self._serve(version):
                break
        self._models.keep_shadow(self._in_shadow)
        return self._models.champion

    def shadow(self) -> Serving | None:
        """The challenger in shadow as `current` found it, loaded here, where no message waits for it."""
        version = self._in_shadow
        if version is None or self._models.serves(version):
            return None
        if self._models.shadows(version):
            return self._models.shadow
        if self._clock() < self._no_shadow_until.get(version.id, 0.0):
            return None
        try:
            self._models.follow(version)
        except Exception as error:  # whatever it is, the champion goes on judging
            self._no_shadow_until[version.id] = self._clock() + RETRY_SECONDS
            log.error("shadow refused", model_version=version.name, reason=f"{type(error).__name__}: {error}")
            return None
        log.info("in shadow", model_version=version.name)
        return self._models.shadow

    def rest(self) -> None:
        """Give back the memory that the loaded versions do not need until texts come again."""
        self._models.rest()

    def _serve(self, version: ModelVersion) -> bool:
        """Load the version as champion. Returns whether it serves."""
        if self._models.serves(version):
            return True
        if self._clock() < self._refused_until.get(version.id, 0.0):
            return False
        try:
            self._models.serve(version)
        except Exception as error:  # damaged, or too large for the memory: the loaded version goes on judging
            self._refused_until[version.id] = self._clock() + RETRY_SECONDS
            keeps = self._models.champion.name if self._models.champion else "the version before it, if there is one"
            reason = str(error) if isinstance(error, CheckpointError) else f"{type(error).__name__}: {error}"
            log.error("model version refused", model_version=version.name, reason=reason, keeps=keeps)
            return False
        log.info("serving", model_version=version.name)
        return True
