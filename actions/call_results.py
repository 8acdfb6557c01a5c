"""What hamlet did about a message, or could not do, in the words of a notice."""

from __future__ import annotations

from enum import StrEnum

from telegram import ChatMember, ChatMemberBanned, ChatMemberRestricted

from actions.outcomes import end_of
from storage.models import ActionKind, ActionState
from storage.moderation.requested_actions.calls import ModerationCall, VerdictAction
from storage.sanctions import Reason
from telegram_ui.language import Say, sentences

OF_THE_MESSAGE = {ActionKind.DELETE, ActionKind.RESTORE}  # rather than of its author


class AuthorState(StrEnum):
    """What Telegram says the author is in the group now."""

    FREE = "free"
    BANNED = "banned"
    BANNED_FOR_GOOD = "banned for good"
    RESTRICTED = "restricted"


def state_of(member: ChatMember | None) -> AuthorState:
    """The state that getChatMember answered with; somebody it does not know there is free to come."""
    if isinstance(member, ChatMemberBanned):
        return AuthorState.BANNED if end_of(member) is not None else AuthorState.BANNED_FOR_GOOD
    return AuthorState.RESTRICTED if isinstance(member, ChatMemberRestricted) else AuthorState.FREE


def summary(action: VerdictAction, state: AuthorState | None) -> str:
    """What was done, as it stands now, and what could not be done; what was undone since is left out."""
    parts = [part for call in action.done if (part := _result(action, call, state))]
    if action.bans_elsewhere:
        catalogue, n = sentences(action.language), action.bans_elsewhere
        elsewhere = catalogue.ngettext("banned in {n} other group", "banned in {n} other groups", n)
        parts.append(elsewhere.format(n=n))
    return "\n\n" + " · ".join(dict.fromkeys(parts)) if parts else ""


def _result(action: VerdictAction, call: ModerationCall, state: AuthorState | None) -> str:
    say = sentences(action.language).gettext
    if call.state == ActionState.DONE:
        hidden = say("hidden until you decide: “Not spam” posts it again")
        return hidden if _is_hidden(action, call) else _done(say, call, state)
    if call.state != ActionState.FAILED:
        return ""
    return reasons(say).get(call.error or "") or say("could not be {done}: does the bot have the right to?").format(
        done=_word(say, call)
    )


def _is_hidden(action: VerdictAction, call: ModerationCall) -> bool:
    """Whether the message alone was taken out, its author left in peace, and nobody has decided."""
    is_alone = all(other.kind == ActionKind.DELETE for other in action.done)
    return call.kind == ActionKind.DELETE and call.is_automatic and is_alone and not action.corrections


def _done(say: Say, call: ModerationCall, state: AuthorState | None) -> str:
    """What a call that was made comes to: for a member, what Telegram says they are now; for a channel, what hamlet did since."""
    if call.kind in OF_THE_MESSAGE or state is None:
        return _word(say, call)
    if state == AuthorState.BANNED_FOR_GOOD:
        return say("banned for good")
    if state != AuthorState.FREE:
        return say("banned") if state == AuthorState.BANNED else say("restricted")
    is_over = {ActionKind.BAN: say("the ban is over"), ActionKind.RESTRICT: say("the restriction is over")}
    return is_over.get(call.kind) or _word(say, call)


def words(say: Say) -> dict[ActionKind, str]:
    """What a message or its author is after each kind of call."""
    return {
        ActionKind.DELETE: say("deleted"),
        ActionKind.BAN: say("banned"),
        ActionKind.RESTRICT: say("restricted"),
        ActionKind.UNBAN: say("unbanned"),
        ActionKind.LIFT: say("restriction lifted"),
        ActionKind.RESTORE: say("posted again"),
    }


def _word(say: Say, call: ModerationCall) -> str:
    by_kind = words(say)
    if call.is_channels:
        by_kind |= {ActionKind.RESTRICT: say("banned"), ActionKind.LIFT: say("unbanned")}
    return by_kind.get(call.kind, "")


def reasons(say: Say) -> dict[str, str]:
    """Why nothing was done, where that is known."""
    return {
        Reason.UNKNOWN: say("nothing done to the author, whose account is no longer stored"),
        Reason.OVER: say("nothing done to the author: it was too late"),
        Reason.LEFT: say("the author had already left, and may not write after returning"),
        Reason.ADMINISTRATOR: say("nothing done to the author, who is an administrator"),
        Reason.BY_HAND: say("what was done by hand stays in place"),
        Reason.MOVED: say("it is in the basic group that this one was, where nothing can be deleted"),
        Reason.UNANSWERED: say("Telegram gave no answer twice: it may have been posted, so it is not posted again"),
    }
