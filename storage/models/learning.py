"""Model versions, the runs that trained them and the examples they saw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, partial_index, words
from storage.models.words import RunState, VersionState
from storage.types import AnyText, Name


class Snapshot(Base):
    """The examples that a run saw: the seed set by its hash, each correction by its id."""

    __tablename__ = "snapshots"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))  # over every text, label, weight and split
    seed_hash: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]  # how many were taken, and how many were left out by reason
    created_at: Mapped[datetime] = mapped_column(default=now)


class SnapshotItem(Base):
    """One correction in a snapshot."""

    __tablename__ = "snapshot_items"
    __table_args__ = (Index("ix_snapshot_items_correction_id", "correction_id"),)

    snapshot_id: Mapped[int] = mapped_column(ForeignKey(Snapshot.id), primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"), primary_key=True)
    is_held_out: Mapped[bool]
    text_hash: Mapped[str] = mapped_column(String(64))
    is_spam: Mapped[bool]
    weight: Mapped[float]


class SnapshotPresumed(Base):
    """One message in a snapshot that nobody decided on: presumed ham, as it read at that edit."""

    __tablename__ = "snapshot_presumed"
    __table_args__ = (Index("ix_snapshot_presumed_message_id", "message_id"),)

    snapshot_id: Mapped[int] = mapped_column(ForeignKey(Snapshot.id), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    edit: Mapped[int]
    is_held_out: Mapped[bool]
    text_hash: Mapped[str] = mapped_column(String(64))
    weight: Mapped[float]


class ModelVersion(Base):
    """A trained model, its thresholds and metrics, and what the gate found. At most one is champion, one in shadow."""

    __tablename__ = "model_versions"
    __table_args__ = (
        partial_index("uq_model_versions_champion", "state", unique=True, where="state = 'champion'"),
        partial_index("uq_model_versions_shadow", "state", unique=True, where="state = 'shadow'"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)  # also its directory's name
    state: Mapped[VersionState] = mapped_column(words(VersionState), default=VersionState.CHALLENGER)
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    examples_hash: Mapped[str] = mapped_column(String(64))
    manifest_hash: Mapped[str | None] = mapped_column(String(64))  # None where it was registered before 0023
    metrics: Mapped[dict[str, Any]]
    parent: Mapped[str | None] = mapped_column(String(64))  # the champion at the time of training
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey(Snapshot.id))
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    gate: Mapped[dict[str, Any] | None]  # whether it may serve, and why
    shadow_from: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[str | None] = mapped_column(Name)
    pruned_at: Mapped[datetime | None]  # its directory was removed to save space
    erased_texts: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # texts it learned from that have been erased since


class Run(Base):
    """A requested fine-tuning run: who asked, its progress, its end."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_state", "state"),
        partial_index("uq_runs_asked", "state", unique=True, where="state = 'asked'"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    asked_by: Mapped[str] = mapped_column(Name)
    goes_on: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # its version may go through the gate and be promoted
    asked_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.ASKED)
    stage: Mapped[str] = mapped_column(Name, default="")
    steps_done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(AnyText)
    model_version_id: Mapped[int | None] = mapped_column(ForeignKey(ModelVersion.id))
