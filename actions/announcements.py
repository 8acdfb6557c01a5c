"""What moderators are told beside notices: a sentence, how much a raid or a night brought, somebody's appeal."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from actions import call_results
from actions.links import message_link
from storage.models import ActionKind
from storage.moderation.cases import Case
from storage.moderation.raids import HeldBack
from storage.moderation.requested_actions.calls import ChatAction
from storage.rules import AT_NIGHT, MORE_HELD, NOTHING_TO_DO, REPORTED, TOO_OFTEN_WRONG, WRITTEN_BEFORE
from storage.sanctions import not_done
from telegram_ui.buttons import CaseButton, PardonButton, RaidButton, ShowButton
from telegram_ui.language import Say, sentences
from telegram_ui.lengths import spoiler


def announcement(action: ChatAction) -> str:
    """A sentence to the moderators, in their language where it is one of hamlet's own."""
    say = sentences(action.language).gettext
    if action.text == TOO_OFTEN_WRONG:
        return say(
            "I stopped acting by myself in this chat: within a day moderators undid three things I did. "
            "I still report; /resume lets me act again."
        )
    if action.text == WRITTEN_BEFORE:
        return say(
            "Another member said the same words first and nobody objected, so I learn nothing from this order; "
            "the rest is done. If the words themselves are spam, reply /spam to that message."
        )
    if action.text == REPORTED:
        return say("Members reported a message in {chat} without words I could judge: {link}").format(
            chat=action.chat_title, link=_link(action)
        )
    if action.text == MORE_HELD:
        return say("More messages of newcomers are held in {chat}; the review page shows all of them.").format(
            chat=action.chat_title
        )
    if action.text == NOTHING_TO_DO:
        return say("I judged no words in that message: there is nothing to undo, to learn or, in this mode, to do.")
    if (reason := _reasons(say).get(action.text)) is not None:
        return say("Part of what was asked for in {chat} failed: {reason}").format(
            chat=action.chat_title, reason=reason
        )
    return action.text


def _reasons(say: Say) -> dict[str, str]:
    """Why a call was not made, by what `not_done` writes into the action's text."""
    could_not = say("could not be {done}: does the bot have the right to?")
    words = call_results.words(say) | {ActionKind.WARN: say("warned"), ActionKind.RESTORE: say("let in")}
    return call_results.reasons(say) | {not_done(kind, ""): could_not.format(done=word) for kind, word in words.items()}


def _link(action: ChatAction) -> str:
    message_id = action.message_id or 0
    return message_link(action.chat_external_id, message_id) or f"№ {message_id}"


def appeal(action: ChatAction) -> tuple[str, list[MessageEntity], InlineKeyboardMarkup]:
    """What somebody who was banned by an order says, behind a spoiler like all words of members, and the button that pardons them."""
    say = sentences(action.language).gettext
    head = say("Somebody banned by an order in {chat} appeals:").format(chat=action.chat_title) + "\n"
    button = PardonButton(action.chat_id, action.user_id or 0)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(say("Lift the ban"), callback_data=button.data)]])
    return head + action.text, [spoiler(head, action.text)], keyboard


def digest(action: ChatAction, held: HeldBack) -> tuple[str, InlineKeyboardMarkup]:
    """How many messages were flagged, and the buttons that say they all are spam, or show them with notices of their own."""
    say = sentences(action.language).gettext
    text = _of_night(action, held) if action.text == AT_NIGHT else _of_raid(action, held)
    covered = (action.chat_id, held.first, held.last)
    buttons = {
        say("All of them are spam"): RaidButton(*covered).data,
        say("Show some of them"): ShowButton(*covered).data,
    }
    row = [InlineKeyboardButton(label, callback_data=data) for label, data in buttons.items()]
    return text, InlineKeyboardMarkup([row])


def _of_raid(action: ChatAction, held: HeldBack) -> str:
    say = sentences(action.language).gettext
    return say("{n} more messages were flagged in {chat} within minutes; the review page shows each.").format(
        n=held.count, chat=action.chat_title
    )


def _of_night(action: ChatAction, held: HeldBack) -> str:
    catalogue = sentences(action.language)
    flagged = catalogue.ngettext(
        "Good morning. Last night {n} message was flagged in {chat}; the review page shows it.",
        "Good morning. Last night {n} messages were flagged in {chat}; the review page shows each.",
        held.count,
    ).format(n=held.count, chat=action.chat_title)
    if not held.removed:
        return flagged
    return flagged + " " + catalogue.gettext("Deleted automatically: {n}.").format(n=held.removed)


def case(action: ChatAction, flood: Case) -> tuple[str, list[MessageEntity], InlineKeyboardMarkup]:
    """How many messages by how many newcomers a flood has, what they say, and the buttons that decide all of them."""
    say = sentences(action.language).gettext
    head = (
        say("{n} messages within a minute by one newcomer in {chat}:")
        if flood.authors == 1
        else say("{n} messages that say the same, by {authors} newcomers in {chat}:")
    )
    head = head.format(n=flood.count, authors=flood.authors, chat=action.chat_title) + "\n\n"
    quoted = "\n\n".join(flood.texts)
    tail = "\n\n" + say("Flagged among them: {n}.").format(n=flood.flagged)
    if flood.spam or flood.ham:
        tail += "\n\n✓ " + say("decided: {spam} spam, {ham} not spam").format(spam=flood.spam, ham=flood.ham)
    row = [
        InlineKeyboardButton(say("All of them are spam"), callback_data=CaseButton(action.action_id, True).data),
        InlineKeyboardButton(say("None of them is spam"), callback_data=CaseButton(action.action_id, False).data),
    ]
    return head + quoted + tail, [spoiler(head, quoted)] if quoted else [], InlineKeyboardMarkup([row])
