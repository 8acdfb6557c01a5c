"""What moderators are told beside notices: a sentence, how much a raid brought, somebody's appeal."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from actions import call_results
from storage.models import ActionKind
from storage.moderation.cases import Case
from storage.moderation.raids import HeldBack
from storage.moderation.requested_actions.calls import ChatAction
from storage.rules import NOTHING_TO_DO, REPORTED, TOO_OFTEN_WRONG, WRITTEN_BEFORE
from storage.sanctions import not_done
from telegram_ui.buttons import CaseButton, PardonButton, RaidButton
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
            chat=action.chat_title, link=_link(action.chat_external_id, action.message_id or 0)
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
    words = call_results.words(say) | {ActionKind.WARN: say("warned")}
    return call_results.reasons(say) | {not_done(kind, ""): could_not.format(done=word) for kind, word in words.items()}


def _link(chat_external_id: int, message_id: int) -> str:
    """The address of a supergroup's message, for its members; messages of a basic group have none."""
    number = -(10**12) - chat_external_id
    return f"https://t.me/c/{number}/{message_id}" if number > 0 else f"№ {message_id}"


def appeal(action: ChatAction) -> tuple[str, list[MessageEntity], InlineKeyboardMarkup]:
    """What somebody who was banned by an order says, behind a spoiler like all words of members, and the button that pardons them."""
    say = sentences(action.language).gettext
    head = say("Somebody banned by an order in {chat} appeals:").format(chat=action.chat_title) + "\n"
    button = PardonButton(action.chat_id, action.user_id or 0)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(say("Lift the ban"), callback_data=button.data)]])
    return head + action.text, [spoiler(head, action.text)], keyboard


def digest(action: ChatAction, held: HeldBack) -> tuple[str, InlineKeyboardMarkup]:
    """How many more messages were flagged, and the button that says they all are spam."""
    say = sentences(action.language).gettext
    text = say("{n} more messages were flagged in {chat} within minutes; the review page shows each.").format(
        n=held.count, chat=action.chat_title
    )
    button = RaidButton(action.chat_id, held.first, held.last)
    return text, InlineKeyboardMarkup([[InlineKeyboardButton(say("All of them are spam"), callback_data=button.data)]])


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
