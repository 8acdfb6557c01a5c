"""The tables. The database itself guards the invariants: one row a message, one verdict a version, one champion."""

from storage.models.access import AuditEntry, Lease, LoginLink, LoginSession
from storage.models.base import Base, now
from storage.models.clients import Client
from storage.models.explanations import Explanation
from storage.models.learning import ModelVersion, Run, Snapshot, SnapshotItem, SnapshotPresumed
from storage.models.members import Appeal, Join, LinkCode, Order, Report, Switch
from storage.models.moderation import Action, Chat, Correction, EarlierText, Message, Move, Update, Verdict, Wait
from storage.models.words import (
    ActionKind,
    ActionState,
    CorrectionState,
    MessageState,
    Mode,
    OrderKind,
    Platform,
    Role,
    RunState,
    Scope,
    Standing,
    Strictness,
    VersionState,
)

__all__ = [
    "Action",
    "ActionKind",
    "ActionState",
    "Appeal",
    "AuditEntry",
    "Base",
    "Chat",
    "Client",
    "Correction",
    "CorrectionState",
    "EarlierText",
    "Explanation",
    "Join",
    "Lease",
    "LinkCode",
    "LoginLink",
    "LoginSession",
    "Message",
    "MessageState",
    "Mode",
    "ModelVersion",
    "Move",
    "Order",
    "OrderKind",
    "Platform",
    "Report",
    "Role",
    "Run",
    "RunState",
    "Scope",
    "Snapshot",
    "SnapshotItem",
    "SnapshotPresumed",
    "Standing",
    "Strictness",
    "Switch",
    "Update",
    "Verdict",
    "VersionState",
    "Wait",
    "now",
]
