"""What becomes of a version that passed the gate, and whether a run is to start (due.py). Each step reads the database anew and may run twice.

a run is due -> (retrain.py) -> challenger -> gate -> shadow -> gate -> champion -> watched for a while
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.errors import NothingToRollBackTo
from storage.learning import runs, shadow, snapshots, track_record, versions
from storage.models import ModelVersion, VersionState, now
from storage.moderation.requested_actions import announcements
from storage.session import transaction
from training.lifecycle import due, gate_shadow, lease
from training.lifecycle.gate_decision import Gate
from training.lifecycle.gate_shadow import Shadowed
from training.settings import TrainingSettings

BY_ITSELF = "the schedule"

log = structlog.get_logger()


def consider(engine: Engine, settings: TrainingSettings, is_whole: versions.IsWhole = lambda _: True) -> bool:
    """Settle what waits to be settled; returns whether a run is to start now.

    A rollback only goes to a version whose files `is_whole` confirms.
    """
    with transaction(engine) as session:
        settle_shadow(session, settings)
        watch_champion(session, settings, is_whole)
        if not lease.take_up_abandoned(session):
            return False
        if runs.waiting(session) is None and (reason := due.why(session, settings)):
            runs.ask(session, f"{BY_ITSELF}: {reason}")
        return runs.waiting(session) is not None


def go_on(session: Session, settings: TrainingSettings, version_id: int, decision: Gate, goes_on: bool) -> ModelVersion:
    """Store the gate's decision on a new version. If it passes and `goes_on`, it serves, or shadows where there is traffic."""
    if not decision.passes:
        log.warning("challenger refused", reasons=decision.reasons)
        return versions.record_gate_decision(session, version_id, _stored(decision), VersionState.REJECTED)
    version = versions.record_gate_decision(session, version_id, _stored(decision), VersionState.CHALLENGER)
    if not goes_on:
        return version
    if (changed := _champion_changed(session, decision.figures)) is not None:
        return _refuse_and_ask(session, version, changed)
    if _needs_shadow(session, settings):
        return versions.record_gate_decision(session, version_id, _stored(decision), VersionState.SHADOW)
    return versions.promote(session, version.name, BY_ITSELF)


def _needs_shadow(session: Session, settings: TrainingSettings) -> bool:
    """Whether there is live traffic to watch a version on, and a champion worth waiting with for what it shows."""
    champion = versions.champion(session)
    if champion is None or due.is_hurried(champion, settings):
        return False
    return snapshots.count_received_since(session, now() - timedelta(hours=settings.shadow_hours)) > 0


def _champion_changed(session: Session, figures: dict[str, Any]) -> str | None:
    """Why the gate's decision no longer counts: it was about another champion than the one that serves now. Else None."""
    champion = versions.champion(session)
    name = champion.name if champion else None
    if figures.get("champion", name) == name:
        return None
    return f"it was compared with {figures['champion'] or 'no champion'}, and {name or 'no version'} serves now"


def _refuse_and_ask(session: Session, version: ModelVersion, reason: str) -> ModelVersion:
    """Refuse the version, and ask for a run whose version is compared with the champion that serves now."""
    log.warning("challenger refused", model_version=version.name, reasons=[reason])
    runs.ask_again(session, f"{BY_ITSELF}: {version.name} was compared with another champion")
    before = (version.gate or {}).get("figures", {})
    return versions.record_gate_decision(
        session, version.id, _stored(Gate(False, [reason], before)), VersionState.REJECTED
    )


def settle_shadow(session: Session, settings: TrainingSettings) -> ModelVersion | None:
    """Promote or refuse the shadow when it has judged enough messages, or for long enough.

    A shadow that flags far more than the champion waits, as long as it may, for moderators to say whether that is
    spam: disagreements are marked in their queue.
    """
    version = versions.shadow(session, locked=True)
    if version is None:
        return None
    if (changed := _champion_changed(session, (version.gate or {}).get("figures", {}))) is not None:
        return _refuse_and_ask(session, version, changed)
    counts = shadow.counts(session, version.id)
    since = version.shadow_from or version.created_at
    is_over = now() - since >= timedelta(hours=settings.shadow_hours)
    if counts.judged < settings.shadow_messages and not is_over:
        return None
    by_champion = shadow.champion_judged(session, since)
    decision = gate_shadow.decide(
        Shadowed(counts.judged, counts.flagged, counts.champion_flagged, by_champion, counts.confirmed)
    )
    before = version.gate or {}
    if not decision.passes and counts.undecided and not is_over:
        waits_for = f"{'; '.join(decision.reasons)}; moderators have not decided {counts.undecided} of them yet"
        version.gate = {**before, "waits_for": waits_for}
        return None
    figures = {**before.get("figures", {}), **decision.figures, "shadow_disagreements": counts.disagreements}
    stored = _stored(Gate(decision.passes, decision.reasons, figures))
    if not decision.passes:
        log.warning("shadow refused", model_version=version.name, reasons=decision.reasons)
        return versions.record_gate_decision(session, version.id, stored, VersionState.REJECTED)
    version.gate = stored
    log.info("promoted", model_version=version.name)
    return versions.promote(session, version.name, BY_ITSELF)


def watch_champion(
    session: Session, settings: TrainingSettings, is_whole: versions.IsWhole = lambda _: True
) -> ModelVersion | None:
    """Roll back a champion whose flags moderators undo too often; returns the version that serves then, if any changed.

    A champion that was itself rolled back to stays: flags undone since then say nothing about a promotion.
    """
    version = versions.champion(session, locked=True)  # or two schedules would go back twice
    if version is None or version.promoted_at is None:
        return None
    if now() - version.promoted_at > timedelta(hours=settings.rollback_hours):
        return None
    undone = track_record.false_positives_since_promotion(session, version)
    if undone < settings.rollback_false_positives or track_record.was_brought_back(session, version):
        return None
    reason = f"moderators undid {undone} of its flags since it was promoted"
    try:
        back = versions.roll_back(session, "automatic rollback", reason, is_whole)
    except NothingToRollBackTo:
        log.warning("no version can take its place", model_version=version.name, reason=reason)
        return None
    text = f"hamlet took model version {version.name} back: {reason}. {back.name} serves again."
    announcements.announce(session, text, settings.moderators_chat_id)
    log.warning("rolled back", model_version=version.name, reason=reason, serves=back.name)
    return back


def _stored(decision: Gate) -> dict[str, Any]:
    return {**decision.to_dict(), "decided_at": now().isoformat(timespec="seconds")}
