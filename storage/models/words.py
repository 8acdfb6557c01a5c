"""The words that columns hold."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    TELEGRAM = "telegram"
    WEB = "web"


class Role(StrEnum):
    """Who somebody is at the review site."""

    OPERATOR = "operator"  # sees all chats, and says which version serves
    MODERATOR = "moderator"  # sees the chats that Telegram said they moderate


class Mode(StrEnum):
    OBSERVE = "observe"
    TRAINING = "training"
    SOFT = "soft"
    ENFORCE = "enforce"


class MessageState(StrEnum):
    PENDING = "pending"
    HAM = "ham"
    SPAM = "spam"
    FAILED = "failed"
    NOTHING_TO_JUDGE = "nothing to judge"
    HISTORY = "history"  # said before hamlet was there, and imported: judged only when somebody speaks of it


class VersionState(StrEnum):
    CHALLENGER = "challenger"  # trained, and waiting
    SHADOW = "shadow"  # passed the gate on held-out texts, and judges live traffic beside the champion
    CHAMPION = "champion"
    RETIRED = "retired"  # served before
    REJECTED = "rejected"  # refused by the gate, or rolled back


class Strictness(StrEnum):
    """How much ham a chat lets acting without a moderator hit, at most; each model version maps it to a threshold."""

    CAUTIOUS = "cautious"  # 1 in 10,000
    NORMAL = "normal"  # 1 in 1,000
    STRICT = "strict"  # 1 in 100


class Standing(StrEnum):
    """What is known of who wrote a message, in that chat and at that moment."""

    UNKNOWN = "unknown"  # nobody that hamlet follows: the site, a program, an import, a channel, an anonymous author
    NEWCOMER = "newcomer"  # the first messages, or lost what was earned
    SOME = "some"  # earned something, less than the chat asks for
    BEFORE = "before"  # was there before hamlet saw who joins, and has not earned good standing yet
    GOOD = "good"  # earned what the chat asks for


class CorrectionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    REPLACED = "replaced"  # the same person decided anew
    WITHDRAWN = "withdrawn"  # the same person takes it back
    ERASED = "erased"  # the text it was about is gone for good
    SET_ASIDE = "set aside"  # it settles the item and teaches nothing


class ActionKind(StrEnum):
    NOTIFY = "notify"
    AMEND = "amend"  # the notice says who decided
    DELETE = "delete"
    RESTRICT = "restrict"
    BAN = "ban"
    LIFT = "lift"  # undoes restrict
    UNBAN = "unban"  # undoes ban
    REMOVE = "remove"  # a moderator's command, which belongs to no verdict
    WARN = "warn"  # a sentence in the group itself
    DIGEST = "digest"  # one notice for many messages flagged at once
    APPEAL = "appeal"  # what somebody says whom an order banned, without a verdict
    ANNOUNCE = "announce"  # a sentence to the moderators that belongs to no verdict


class ActionState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"  # somebody decided otherwise before it was made


class OrderKind(StrEnum):
    """What a moderator says of a message, by a reply."""

    SPAM = "spam"  # delete, ban, learn
    BAN = "ban"  # delete, ban
    BAN_FOR_GOOD = "ban for good"  # the same, without an end
    WARN = "warn"  # delete, and say why
    HAM = "ham"  # undo, learn


class Scope(StrEnum):
    """What a client of the HTTP API may ask for."""

    CLASSIFY = "classify"  # have its own messages judged
    READ = "read"  # see all messages, verdicts, model versions and figures
    CORRECT = "correct"  # decide as a moderator does
    IMPORT = "import"  # teach from labelled texts
    EXPORT = "export"  # take the decided texts away


class RunState(StrEnum):
    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"  # a version is registered; its own row says what the gate found
    FAILED = "failed"
