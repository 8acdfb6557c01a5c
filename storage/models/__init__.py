"""The tables: chats and messages with their verdicts, corrections and actions; model versions, runs and snapshots;
logins, clients and the audit; rules, trust, holds and pictures; raw updates of Telegram. `words` holds the values of the enumerated columns.

The database itself guards the invariants: one row per message, one verdict per model version, one champion.
"""

from storage.models.access import AuditEntry, Lease, LoginLink, LoginSession
from storage.models.base import Base, now
from storage.models.chat_settings import ChatSettings
from storage.models.chats import Chat
from storage.models.clients import Client
from storage.models.explanations import Explanation
from storage.models.learning import ModelVersion, Run, Snapshot, SnapshotItem, SnapshotPresumed
from storage.models.members import Appeal, Join, LinkCode, Order, Report, Switch
from storage.models.moderation import Action, Correction, EarlierText, Message, Verdict
from storage.models.outbound import Delivery, Listing, SecondOpinion
from storage.models.pictures import Picture
from storage.models.policies import CaseMessage, Hold, Reactor, Rule, SharedBan, Trust
from storage.models.recent_spam import RecentSpam
from storage.models.rescans import Rescan, RescanHit
from storage.models.reviewing import BulkCorrection, BulkDecision, Claim, HourCount
from storage.models.telegram import Move, Update, Wait
from storage.models.words import (
    ActionKind,
    ActionState,
    CorrectionState,
    HoldState,
    MessageState,
    Mode,
    OrderKind,
    PictureState,
    Platform,
    Role,
    RuleEffect,
    RuleKind,
    RunState,
    Scope,
    Sign,
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
    "BulkCorrection",
    "BulkDecision",
    "CaseMessage",
    "Chat",
    "ChatSettings",
    "Claim",
    "Client",
    "Correction",
    "CorrectionState",
    "Delivery",
    "EarlierText",
    "Explanation",
    "Hold",
    "HoldState",
    "HourCount",
    "Join",
    "Lease",
    "LinkCode",
    "Listing",
    "LoginLink",
    "LoginSession",
    "Message",
    "MessageState",
    "Mode",
    "ModelVersion",
    "Move",
    "Order",
    "OrderKind",
    "Picture",
    "PictureState",
    "Platform",
    "Reactor",
    "RecentSpam",
    "Report",
    "Rescan",
    "RescanHit",
    "Role",
    "Rule",
    "RuleEffect",
    "RuleKind",
    "Run",
    "RunState",
    "Scope",
    "SecondOpinion",
    "SharedBan",
    "Sign",
    "Snapshot",
    "SnapshotItem",
    "SnapshotPresumed",
    "Standing",
    "Strictness",
    "Switch",
    "Trust",
    "Update",
    "Verdict",
    "VersionState",
    "Wait",
    "now",
]
