"""What a notice to moderators says: plain text with entities, so no name or message can smuggle markup in."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from telegram import (
    ChatMember,
    ChatMemberBanned,
    ChatMemberRestricted,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
)

from jobs.buttons import CorrectionButton, PardonButton, RaidButton, WhyButton
from jobs.language import sentences
from storage import names
from storage.models import ActionKind, ActionState, CorrectionState, Standing
from storage.odds import written
from storage.queries.actions import Deed, Errand, Task
from storage.queries.raids import HeldBack
from storage.rules import NOTHING_TO_DO, REPORTED, SAID_BEFORE, TOO_OFTEN_WRONG
from storage.sanctions import Reason, not_done
from worker.outcomes import end_of

Say = Callable[[str], str]

LONGEST_TEXT, LONGEST_CAPTION = 4_096, 1_024  # of a message and under a picture, in UTF-16 units
LONGEST_QUOTE = 3_000  # characters of the message shown
LONGEST_NAME = 64
LONGEST_HEAD, LONGEST_TAIL = 400, 500  # UTF-16 units under a picture; four times as many without one


class Stands(StrEnum):
    """What Telegram says of the author now."""

    FREE = "free"
    BANNED = "banned"
    BANNED_FOR_GOOD = "banned for good"
    RESTRICTED = "restricted"


def stands(member: ChatMember | None) -> Stands:
    """The same of what getChatMember answered; nobody it knows there is free to come."""
    if isinstance(member, ChatMemberBanned):
        return Stands.BANNED if end_of(member) is not None else Stands.BANNED_FOR_GOOD
    return Stands.RESTRICTED if isinstance(member, ChatMemberRestricted) else Stands.FREE


def notice(task: Task, now: Stands | None = None, longest: int = LONGEST_TEXT) -> tuple[str, list[MessageEntity]]:
    """The notice's text with what was done and decided, and the spoilers that hide what others wrote until they are tapped.

    `now` is what Telegram says of the author, if it was asked; `longest` is counted in UTF-16 units.
    """
    share = longest // LONGEST_CAPTION
    shown = _without_name(task)
    head = fitting(_head(task, is_named=shown != task.text), share * LONGEST_HEAD)
    done, label, appeal, end = _tail(task, now, share * LONGEST_TAIL)
    tail = done + label + appeal + end
    quoted = shown if len(shown) <= LONGEST_QUOTE else shown[:LONGEST_QUOTE] + "…"
    quoted = fitting(quoted, longest - utf16(head + tail))
    spoilers = [_spoiler(head, quoted)] if quoted or shown == task.text else []
    if appeal:
        spoilers.append(_spoiler(head + quoted + done + label, appeal))
    return head + quoted + tail, spoilers


def _tail(task: Task, now: Stands | None, longest: int) -> tuple[str, str, str, str]:
    """What was done; the appeal with what stands before it; what was decided: in all no longer than that."""
    say = sentences(task.language).gettext
    done, decided = fitting(_done(task, now), longest // 2), fitting(_decisions(task), longest // 2)
    if task.appeal is None:
        return done, "", "", decided
    label, _, end = ("\n\n" + say("Appeal: {text}")).partition("{text}")
    room = longest - utf16(done + label + end + decided)
    return done, label, fitting(task.appeal, room), end + decided


def _without_name(task: Task) -> str:
    """What was judged, but for a name that advertises and stands before it."""
    name, _, text = task.text.partition("\n")
    is_name = names.says_more(task.author_name) and name.startswith(task.author_name)
    return text if is_name else task.text


def _spoiler(before: str, covered: str) -> MessageEntity:
    return MessageEntity(MessageEntity.SPOILER, offset=utf16(before), length=utf16(covered))


def fitting(text: str, longest: int) -> str:
    """The text, or what of its beginning fits into so many UTF-16 units, with an ellipsis."""
    if utf16(text) <= longest:
        return text
    room = (max(longest, 1) - 1) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + "…"


def _head(task: Task, is_named: bool) -> str:
    say = sentences(task.language).gettext
    head = _headline(task) + "\n"
    head += say("score {score:.2f} · model {model}").format(score=task.score, model=task.model_version) + "\n"
    head += _author(task)
    if is_named:
        head += say("the author's name was judged too; the review page shows it") + "\n"
    return head + "\n"


def announcement(errand: Errand) -> str:
    """A sentence to the moderators, in their language where the sentence is one of ours."""
    say = sentences(errand.language).gettext
    if errand.text == TOO_OFTEN_WRONG:
        return say(
            "I stopped acting by myself in this chat: within a day moderators undid three things I did. "
            "I go on telling; /resume has me act again."
        )
    if errand.text == SAID_BEFORE:
        return say(
            "These very words were said first by another member and nobody minded, so I learn nothing from this order; "
            "the rest is done. If the words themselves are spam, reply /spam to that message."
        )
    if errand.text == REPORTED:
        return say("Members report a message in {chat} that has no words I could judge: {link}").format(
            chat=errand.chat_title, link=_link(errand.chat_external_id, errand.message_id or 0)
        )
    if errand.text == NOTHING_TO_DO:
        return say(
            "That message has no words that I judged: there is nothing to undo, to learn or, in this mode, to do."
        )
    if (reason := _refused(say).get(errand.text)) is not None:
        return say("Not all that was asked for in {chat} could be done: {reason}").format(
            chat=errand.chat_title, reason=reason
        )
    return errand.text


def _refused(say: Say) -> dict[str, str]:
    """Why a call was not made, by what `not_done` makes of it."""
    could_not = say("could not be {done}: has the bot the right to?")
    words = _words(say) | {ActionKind.WARN: say("warned")}
    return _reasons(say) | {not_done(kind, ""): could_not.format(done=word) for kind, word in words.items()}


def _link(chat_external_id: int, message_id: int) -> str:
    """Where a supergroup's message stands, for its members; a basic group's have no address."""
    number = -(10**12) - chat_external_id
    return f"https://t.me/c/{number}/{message_id}" if number > 0 else f"№ {message_id}"


def appeal(errand: Errand) -> tuple[str, list[MessageEntity], InlineKeyboardMarkup]:
    """What somebody says whom an order banned, behind a spoiler as all words of members, and the button that pardons them."""
    say = sentences(errand.language).gettext
    head = say("Somebody whom an order banned in {chat} appeals:").format(chat=errand.chat_title) + "\n"
    spoiler = MessageEntity(MessageEntity.SPOILER, offset=utf16(head), length=utf16(errand.text))
    button = PardonButton(errand.chat_id, errand.user_id or 0)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(say("Lift the ban"), callback_data=button.data)]])
    return head + errand.text, [spoiler], keyboard


def digest(errand: Errand, held: HeldBack) -> tuple[str, InlineKeyboardMarkup]:
    """How many more were flagged, and the button that says they all are spam."""
    say = sentences(errand.language).gettext
    text = say("{n} more messages were flagged in {chat} within minutes; the review page shows each.").format(
        n=held.count, chat=errand.chat_title
    )
    button = RaidButton(errand.chat_id, held.first, held.last)
    return text, InlineKeyboardMarkup([[InlineKeyboardButton(say("All of them are spam"), callback_data=button.data)]])


def _headline(task: Task) -> str:
    catalogue = sentences(task.language)
    if task.reports and task.score < task.review_threshold:
        said = catalogue.ngettext(
            "{n} member reports this in {chat}", "{n} members report this in {chat}", task.reports
        )
        return said.format(n=task.reports, chat=task.chat_title)
    said = catalogue.gettext("Looks like spam in {chat}").format(chat=task.chat_title)
    if task.reports:
        also = catalogue.ngettext("{n} member reported it", "{n} members reported it", task.reports)
        said += f" ({also.format(n=task.reports)})"
    return said


def _author(task: Task) -> str:
    """What is known of the author, and where it has the chat's moderators be shown their messages."""
    say = sentences(task.language).gettext
    known = {
        Standing.NEWCOMER: say("first messages here: shown from {review}"),
        Standing.SOME: say("some clean messages here: shown from {review}"),
        Standing.BEFORE: say("was here before me: shown from {review}"),
        Standing.GOOD: say("a regular: shown from {review}"),
    }
    said = known.get(task.standing)
    return said.format(review=written(task.review_threshold)) + "\n" if said else ""


def _done(task: Task, now: Stands | None) -> str:
    """What hamlet did about it as it stands now, or could not do; what was undone since is not said any more."""
    told = [said for deed in task.done if (said := _deed(task, deed, now))]
    return "\n\n" + " · ".join(dict.fromkeys(told)) if told else ""


def _deed(task: Task, deed: Deed, now: Stands | None) -> str:
    say = sentences(task.language).gettext
    if deed.state == ActionState.DONE:
        return _said(say, deed, now)
    if deed.state != ActionState.FAILED:
        return ""
    return _reasons(say).get(deed.error or "") or say("could not be {done}: has the bot the right to?").format(
        done=_word(say, deed)
    )


def _said(say: Say, deed: Deed, now: Stands | None) -> str:
    """What a call that was made comes to: of a member, what Telegram says of them now; of a channel, what hamlet did since."""
    if deed.kind == ActionKind.DELETE or now is None:
        return _word(say, deed)
    if now == Stands.BANNED_FOR_GOOD:
        return say("banned for good")
    if now != Stands.FREE:
        return say("banned") if now == Stands.BANNED else say("restricted")
    return {
        ActionKind.BAN: say("the ban is over"), ActionKind.RESTRICT: say("the restriction is over"),
    }.get(deed.kind) or _word(say, deed)  # fmt: skip


def _words(say: Say) -> dict[ActionKind, str]:
    return {
        ActionKind.DELETE: say("deleted"), ActionKind.BAN: say("banned"), ActionKind.RESTRICT: say("restricted"),
        ActionKind.UNBAN: say("unbanned"), ActionKind.LIFT: say("restriction lifted"),
    }  # fmt: skip


def _word(say: Say, deed: Deed) -> str:
    words = _words(say)
    if deed.is_channels:
        words |= {ActionKind.RESTRICT: say("banned"), ActionKind.LIFT: say("unbanned")}
    return words.get(deed.kind, "")


def _reasons(say: Say) -> dict[str, str]:
    """Why nothing was done, where it is known."""
    return {
        Reason.UNKNOWN: say("nothing done to the author: who it was is not stored any more"),
        Reason.OVER: say("nothing done to the author: the time for it was over"),
        Reason.LEFT: say("the author left first; after a return they may not write"),
        Reason.ADMINISTRATOR: say("nothing done to the author, who is an administrator"),
        Reason.BY_HAND: say("what was done by hand stands"),
        Reason.MOVED: say("it stayed in the group that this one was, where nothing can be deleted"),
    }


def _decisions(task: Task) -> str:
    """Who says what; the buttons stay, for whoever disagrees."""
    say = sentences(task.language).gettext
    if not task.corrections:
        return ""
    sides = {True: say("spam"), False: say("not spam")}
    said = ", ".join(f"{c.actor_name[:LONGEST_NAME]}: {sides[c.is_spam]}" for c in task.corrections)
    disputed = any(c.state == CorrectionState.DISPUTED for c in task.corrections)
    disagree = "\n" + say("You disagree, so training leaves it out until you agree.") if disputed else ""
    return f"\n\n✓ {said}{disagree}"


def buttons(task: Task) -> InlineKeyboardMarkup:
    say = sentences(task.language).gettext
    spam, ham = CorrectionButton(task.verdict_id, True), CorrectionButton(task.verdict_id, False)
    row = [
        InlineKeyboardButton(say("Spam"), callback_data=spam.data),
        InlineKeyboardButton(say("Not spam"), callback_data=ham.data),
        InlineKeyboardButton(say("Why?"), callback_data=WhyButton(task.verdict_id).data),
    ]
    return InlineKeyboardMarkup([row])


def utf16(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
