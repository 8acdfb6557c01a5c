"""What was learned, from what, and by which run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, words
from storage.models.words import RunState, VersionState
from storage.types import AnyText, Name


class Snapshot(Base):
    """The examples a run saw: the seed set by its hash, each correction by its id."""

    __tablename__ = "snapshots"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))  # over every text, label, weight and side
    seed_hash: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]  # how many were taken, and how many left out for which reason
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
    """One message in a snapshot that nobody decided: presumed ham, as it stood at that edit."""

    __tablename__ = "snapshot_presumed"
    __table_args__ = (Index("ix_snapshot_presumed_message_id", "message_id"),)

    snapshot_id: Mapped[int] = mapped_column(ForeignKey(Snapshot.id), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    edit: Mapped[int]
    is_held_out: Mapped[bool]
    text_hash: Mapped[str] = mapped_column(String(64))
    weight: Mapped[float]


class ModelVersion(Base):
    __tablename__ = "model_versions"
    __table_args__ = (
        Index(
            "uq_model_versions_champion", "state", unique=True,
            sqlite_where=text("state = 'champion'"), postgresql_where=text("state = 'champion'"),
        ),
        Index(
            "uq_model_versions_shadow", "state", unique=True,
            sqlite_where=text("state = 'shadow'"), postgresql_where=text("state = 'shadow'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)  # also its directory's name
    state: Mapped[VersionState] = mapped_column(words(VersionState), default=VersionState.CHALLENGER)
    review_threshold: Mapped[float]
    act_threshold: Mapped[float]
    examples_hash: Mapped[str] = mapped_column(String(64))
    metrics: Mapped[dict[str, Any]]
    parent: Mapped[str | None] = mapped_column(String(64))  # the champion when it was trained
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey(Snapshot.id))
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    gate: Mapped[dict[str, Any] | None]  # may it serve, and why or why not
    shadow_from: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[str | None] = mapped_column(Name)
    pruned_at: Mapped[datetime | None]  # its directory was removed to save space
    erased_texts: Mapped[int] = mapped_column(default=0, server_default="0")  # it learned from, which are gone since


class Run(Base):
    """One fine-tuning run that was asked for: who asked, how far it is, how it ended."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_state", "state"),
        Index(
            "uq_runs_asked", "state", unique=True,
            sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    asked_by: Mapped[str] = mapped_column(Name)
    goes_on: Mapped[bool] = mapped_column(default=True, server_default=true())  # its version may serve by itself
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
