"""The values of enumerated columns."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    TELEGRAM = "telegram"
    WEB = "web"


class Role(StrEnum):
    """What somebody may do on the review site."""

    OPERATOR = "operator"  # sees all chats, and promotes versions
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
    HELD = "held"  # not spam, and taken out of the chat until a moderator lets it in
    JOINED = "joined"  # somebody whose name is no spam came in: no message, and nothing that earns standing
    HISTORY = "history"  # imported from before hamlet: judged only if it is reported or ordered about


class VersionState(StrEnum):
    CHALLENGER = "challenger"  # trained, and waiting
    SHADOW = "shadow"  # passed the gate on held-out texts; scores live traffic beside the champion
    CHAMPION = "champion"
    RETIRED = "retired"  # served earlier
    REJECTED = "rejected"  # refused by the gate, or rolled back


class Strictness(StrEnum):
    """The share of ham that automatic actions may hit, at most; each model version maps it to a threshold."""

    CAUTIOUS = "cautious"  # 1 in 10,000
    NORMAL = "normal"  # 1 in 1,000
    STRICT = "strict"  # 1 in 100


class Standing(StrEnum):
    """What is known of a message's author, in that chat and at that moment."""

    UNKNOWN = "unknown"  # has no history: the site, a program, an import, a channel, an anonymous author
    NEWCOMER = "newcomer"  # wrote few messages, or lost what was earned
    SOME = "some"  # earned less than the chat asks for
    BEFORE = "before"  # joined before hamlet could see it, and has not earned good standing yet
    GOOD = "good"  # earned what the chat asks for


class CorrectionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    REPLACED = "replaced"  # by a newer decision of the same person
    WITHDRAWN = "withdrawn"  # by the same person
    ERASED = "erased"  # the text was erased
    SET_ASIDE = "set aside"  # settles the item, and nothing is learned


class ActionKind(StrEnum):
    NOTIFY = "notify"
    AMEND = "amend"  # the notice says who decided
    DELETE = "delete"
    RESTRICT = "restrict"
    BAN = "ban"
    LIFT = "lift"  # undoes restrict
    UNBAN = "unban"  # undoes ban
    REMOVE = "remove"  # a moderator's command message
    WARN = "warn"  # a sentence in the group itself
    DIGEST = "digest"  # one notice for many flagged messages
    APPEAL = "appeal"  # from somebody banned by an order without a verdict
    ANNOUNCE = "announce"  # a sentence to the moderators
    HOLD = "hold"  # the notice of a message that is held, or shown to the moderators
    RESTORE = "restore"  # a message that was taken out is posted again
    CASE = "case"  # one notice for a flood, flagged or not
    REACTIONS = "reactions"  # one notice about somebody who reacts to many messages
    INFORM = "inform"  # a sentence to one member in private


class ActionState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"  # by a later decision


class OrderKind(StrEnum):
    """What a moderator's reply to a message asks for."""

    SPAM = "spam"  # delete, ban, learn
    BAN = "ban"  # delete, ban
    BAN_FOR_GOOD = "ban for good"  # the same, without an end
    MUTE = "mute"  # the message stays, its author may not write for a while
    WARN = "warn"  # delete, and say why in the group
    HAM = "ham"  # undo, learn


class Scope(StrEnum):
    """What a client of the HTTP API may ask for."""

    CLASSIFY = "classify"  # submit messages for classification
    READ = "read"  # see all messages, verdicts, model versions and statistics
    CORRECT = "correct"  # decide as a moderator does
    IMPORT = "import"  # add labelled texts
    EXPORT = "export"  # download the decided texts


class RunState(StrEnum):
    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"  # a version is registered; its row says what the gate found
    FAILED = "failed"


class Sign(StrEnum):
    """What a message carries beside its words."""

    LINK = "link"
    FORWARD = "forward"
    BOT_MENTION = "bot mention"
    PICTURE = "picture"
    VIDEO = "video"
    VOICE = "voice"
    STICKER = "sticker"
    STORY = "story"
    CONTACT = "contact"
    FILE = "file"
    DELETED_ACCOUNT = "deleted account"  # its author's, by the time it was seen


class PictureState(StrEnum):
    WAITING = "waiting"  # to be fetched and read
    READ = "read"
    FAILED = "failed"  # it could not be read; its row says why


class RuleKind(StrEnum):
    """What a chat's own rule looks for."""

    WORDS = "words"  # one word, or several that follow each other
    ADDRESS = "address"  # a domain, an invite link, a @handle
    REGEX = "regex"


class RuleEffect(StrEnum):
    FLAG = "flag"  # always
    ALLOW = "allow"  # never flagged


class HoldState(StrEnum):
    """What became of a message that a chat's policy for newcomers is about."""

    HELD = "held"  # taken out of the chat until a moderator decides
    SHOWN = "shown"  # stands in the chat; the moderators were shown it
    RELEASED = "released"  # let in, or left there
    REFUSED = "refused"
