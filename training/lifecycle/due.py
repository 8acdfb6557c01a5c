"""Why a run is due: new corrections, time, presumed ham, or a first version that was made in a hurry."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy.orm import Session

from storage.learning import presumed, runs, snapshots, versions
from storage.learning.presumed import Limits
from storage.models import ModelVersion, Run, RunState, now
from training.settings import TrainingSettings

AFTER_A_FAILURE = timedelta(
    hours=1
)  # a failed run would fail again ten minutes later; doubled after each further failure
AFTER_MANY_FAILURES = timedelta(days=1)
LEAST_PRESUMED = 100  # messages presumed ham that justify a run of their own
GROWN = 1.5  # times as many as the last run found
BETWEEN_PRESUMED = timedelta(days=1)  # presumed ham, which nobody decided on, starts at most one run a day


def why(session: Session, settings: TrainingSettings) -> str | None:
    """Why a run is due now, or None. It depends on what is stored, so the next slot catches up on a missed one."""
    champion = versions.champion(session)
    if champion is None:
        return None  # the first version is made by the person who sets hamlet up
    if versions.shadow(session) is not None:
        return None  # a new version would take its place; the shadow is settled within hours
    last, done = runs.latest(session), runs.latest_done(session)
    if last is not None and last.state == RunState.FAILED and now() - (last.ended_at or now()) < _pause(session):
        return None
    since = done.started_at if done else None
    new = runs.accepted_since(session, since)
    if done is None and is_hurried(champion, settings):
        return "the first version learned from little"
    if new >= settings.retrain_corrections:
        return f"{new} new corrections"
    begun = since or min(version.created_at for version in versions.every(session))
    if now() - begun >= timedelta(days=settings.retrain_days):
        return f"{settings.retrain_days:g} days"
    return _much_presumed_ham(session, settings, done)


def _much_presumed_ham(session: Session, settings: TrainingSettings, done: Run | None) -> str | None:
    """Why presumed ham makes a run due: there is enough of it, and half as much again as the last run found. Else None.

    What that run found counts whatever the gate decided on its version: it would decide the same again.
    """
    if done is not None and now() - (done.started_at or now()) < BETWEEN_PRESUMED:
        return None
    presumed_then = snapshots.count_presumed(session, done.model_version_id) if done else 0
    needed = max(min(LEAST_PRESUMED, settings.presumed_ham), math.ceil(GROWN * presumed_then))
    if not 0 < needed <= settings.presumed_ham:
        return None
    n = presumed.learnable(session, now(), Limits(needed, settings.defences.presumed_an_author))
    return f"{n} messages presumed ham" if n >= needed else None


def _pause(session: Session) -> timedelta:
    """How long no run is begun after the last one failed: the more have failed since one succeeded, the longer."""
    factor: int = 2 ** min(runs.failed_since_done(session) - 1, 10)
    return min(AFTER_A_FAILURE * factor, AFTER_MANY_FAILURES)


def is_hurried(version: ModelVersion, settings: TrainingSettings) -> bool:
    """Whether the version learned from little, so that something could serve soon."""
    return bool(version.provenance.get("config_hash") == settings.recipe.hurried.hash)
