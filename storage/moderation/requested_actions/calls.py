"""Requested actions as the process that makes them reads them: what kind of call, where, and about what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.models import ActionKind, ActionState, Correction, HoldState, Reactor, Standing
from storage.moderation.cases import Case
from storage.moderation.listings import Listed
from storage.moderation.pictures import Shown
from storage.moderation.precedents import Precedent
from storage.moderation.presence import Presence
from storage.moderation.raids import HeldBack
from storage.moderation.second_opinions import Hint
from storage.rules import BAN_LASTS
from storage.sanctions import Sanction

ABOUT_NOTICES = (
    ActionKind.NOTIFY,
    ActionKind.AMEND,
    ActionKind.ANNOUNCE,
    ActionKind.DIGEST,
    ActionKind.CASE,
    ActionKind.APPEAL,
    ActionKind.INFORM,
    ActionKind.HOLD,
    ActionKind.REACTIONS,
)
MODERATION = tuple(kind for kind in ActionKind if kind not in ABOUT_NOTICES)
KEPT_UP_TO_DATE = (ActionKind.HOLD, ActionKind.CASE, ActionKind.REACTIONS)  # notices of chats' own
CHANGED_BY_EDITS = (ActionKind.AMEND, *KEPT_UP_TO_DATE)  # once they stand
POSTS = (*ABOUT_NOTICES, ActionKind.WARN, ActionKind.RESTORE)  # made twice, they may stand in the chat twice


@dataclass(frozen=True)
class ModerationCall:
    """A moderating call that a verdict asks for, and its state."""

    kind: ActionKind
    state: ActionState
    error: str | None = None
    is_channels: bool = False  # it concerns a channel
    is_automatic: bool = False


@dataclass(frozen=True)
class VerdictAction:
    """A call that belongs to a verdict."""

    action_id: int
    holder: str
    kind: ActionKind
    verdict_id: int
    chat_external_id: int
    chat_title: str
    moderators_chat_id: int | None
    message_id: int
    text: str
    score: float
    model_version: str
    notice: dict[str, Any] | None  # where the notice of this verdict stands, once it was sent
    corrections: tuple[Correction, ...]
    author_id: int | None = None  # below 0 where a channel wrote
    album: tuple[int, ...] = ()  # the messages of its album, itself included; they are deleted together
    picture_id: str | None = None
    attachment: str | None = None  # kind and id of a file other than a picture
    until: datetime | None = None
    lasts: timedelta = BAN_LASTS
    is_automatic: bool = False
    language: str = "en"
    reports: int = 0  # by members
    appeal: str | None = None  # what the banned member wrote
    review_threshold: float = 0.0
    standing: Standing = Standing.UNKNOWN  # of the author
    done: tuple[ModerationCall, ...] = ()  # the verdict's moderating calls
    attempts: int = 1  # this one included
    unanswered: int = 0  # earlier posts of which no answer is known
    sanctions: tuple[Sanction, ...] = ()  # hamlet's sanctions on the author here
    sent_at: datetime | None = None
    thread_id: int | None = None  # the topic that the message is in
    is_notice_lost: bool = False  # it was sent, and the chat it stands in became another
    author_name: str = ""
    author_username: str = ""
    is_join: bool = False  # nothing was written: the text is the name of who joined
    script: str | None = None  # that is strange to the chat
    score_without_names: float | None = None  # of the words alone, where the author's names were read with them
    rule: str | None = None  # of the chat's own, that flagged the message
    hint: Hint | None = None  # another model's second opinion
    listed: Listed | None = None  # the author is on a list of spammers, and the chat wants to know
    is_by_deleted_account: bool = False  # likewise
    notices_vanish: bool = False  # where they stand in the group itself, once decided
    presence: Presence | None = None  # of the author, for notices
    precedent: Precedent | None = None  # likewise
    picture: Shown | None = None  # likewise: what was read in its picture, also where that stands in `text`
    bans_elsewhere: int = 0  # of the author, in other groups that share bans


@dataclass(frozen=True)
class HeldMessage:
    """A message that is held or shown, as its notice and what is posted again need it."""

    message_row: int
    state: HoldState
    reason: str
    author_name: str
    text: str
    author_username: str = ""
    signs: tuple[str, ...] = ()
    picture_id: str | None = None
    attachment: str | None = None  # kind and id of a file other than a picture
    picture: Shown | None = None  # what was read in it, which `text` leaves out
    decided_by: str | None = None


@dataclass(frozen=True)
class ChatAction:
    """A call that belongs to no verdict: a sentence to post, a message to delete, a person to ban or release."""

    action_id: int
    holder: str
    kind: ActionKind
    chat_external_id: int
    moderators_chat_id: int | None
    text: str
    message_id: int | None = None
    user_id: int | None = None
    until: datetime | None = None
    lasts: timedelta = BAN_LASTS
    attempts: int = 1
    unanswered: int = 0
    language: str = "en"
    chat_id: int = 0
    chat_title: str = ""
    held_back: HeldBack | None = None  # what a digest stands for
    case: Case | None = None  # the flood that its notice is about
    reactor: Reactor | None = None  # whom its notice is about, unless they are forgotten
    is_automatic: bool = False
    sanctions: tuple[Sanction, ...] = ()
    sent_at: None = None
    thread_id: int | None = None
    verdict_id: None = None
    held: HeldMessage | None = None  # what the call is about, unless that is forgotten
    notice: dict[str, Any] | None = None  # where the notice stands, once it was sent


RequestedAction = VerdictAction | ChatAction


def may_post(task: RequestedAction) -> bool:
    """Whether the call may post a message; about a notice that stands it is an edit, which may be made as often as need be."""
    is_lost = isinstance(task, VerdictAction) and task.is_notice_lost
    stands = task.notice is not None and not is_lost
    return task.kind in POSTS and not (task.kind in CHANGED_BY_EDITS and stands)
