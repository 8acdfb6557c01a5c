"""What a notice to moderators says: plain text with entities, so no name or message can smuggle markup in."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from jobs.buttons import CorrectionButton, RaidButton, WhyButton
from jobs.language import sentences
from storage import names
from storage.models import ActionKind, ActionState, CorrectionState, Standing
from storage.odds import written
from storage.queries.actions import Errand, Task
from storage.queries.raids import HeldBack
from storage.rules import TOO_OFTEN_WRONG

LONGEST_QUOTE = 3_000  # characters of the message shown; Telegram takes 4,096 in all
LONGEST_NAME = 64


def notice(task: Task) -> tuple[str, list[MessageEntity]]:
    """The notice's text with what was done and decided, and the spoilers that hide what others wrote until they are tapped."""
    say = sentences(task.language).gettext
    text = _without_name(task)
    quoted = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
    head = _headline(task) + "\n"
    head += say("score {score:.2f} · model {model}").format(score=task.score, model=task.model_version) + "\n"
    head += _author(task)
    if text != task.text:
        head += say("the author's name was judged too; the review page shows it") + "\n"
    head += "\n"
    spoilers = [_spoiler(head, quoted)] if quoted or text == task.text else []
    said = head + quoted + _done(task)
    if task.appeal is not None:
        label, _, end = say("Appeal: {text}").partition("{text}")
        spoilers += [_spoiler(f"{said}\n\n{label}", task.appeal)] if task.appeal else []
        said += f"\n\n{label}{task.appeal}{end}"
    return said + _decisions(task), spoilers


def _without_name(task: Task) -> str:
    """What was judged, but for a name that advertises and stands before it."""
    name, _, text = task.text.partition("\n")
    is_name = names.says_more(task.author_name) and name.startswith(task.author_name)
    return text if is_name else task.text


def _spoiler(before: str, covered: str) -> MessageEntity:
    return MessageEntity(MessageEntity.SPOILER, offset=utf16(before), length=utf16(covered))


def announcement(errand: Errand) -> str:
    """A sentence to the moderators, in their language where the sentence is one of ours."""
    say = sentences(errand.language).gettext
    if errand.text == TOO_OFTEN_WRONG:
        return say(
            "I stopped acting by myself in this chat: within a day moderators undid three things I did. "
            "I go on telling; /resume has me act again."
        )
    return errand.text


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


def _done(task: Task) -> str:
    """What hamlet did about it, or could not do; what was undone since is not said any more."""
    say = sentences(task.language).gettext
    words = {
        ActionKind.DELETE: say("deleted"), ActionKind.BAN: say("banned"), ActionKind.RESTRICT: say("restricted"),
        ActionKind.UNBAN: say("unbanned"), ActionKind.LIFT: say("restriction lifted"),
    }  # fmt: skip
    states = dict(task.done)
    told = []
    for kind, word in words.items():
        if states.get(kind) == ActionState.DONE:
            told.append(word)
        elif states.get(kind) == ActionState.FAILED:
            told.append(say("could not be {done}: has the bot the right to?").format(done=word))
    return "\n\n" + " · ".join(told) if told else ""


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
