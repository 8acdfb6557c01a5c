"""The tables. The database itself guards the invariants: one row a message, one verdict a version, one champion."""

from storage.models.access import Lease, LoginLink, LoginSession
from storage.models.base import Base, now
from storage.models.learning import ModelVersion, Run, Snapshot, SnapshotItem
from storage.models.moderation import Action, Chat, Correction, EarlierText, Message, Update, Verdict
from storage.models.words import (
    ActionKind,
    ActionState,
    CorrectionState,
    MessageState,
    Mode,
    Platform,
    RunState,
    Strictness,
    VersionState,
)

__all__ = [
    "Action",
    "ActionKind",
    "ActionState",
    "Base",
    "Chat",
    "Correction",
    "CorrectionState",
    "EarlierText",
    "Lease",
    "LoginLink",
    "LoginSession",
    "Message",
    "MessageState",
    "Mode",
    "ModelVersion",
    "Platform",
    "Run",
    "RunState",
    "Snapshot",
    "SnapshotItem",
    "Strictness",
    "Update",
    "Verdict",
    "VersionState",
    "now",
]
