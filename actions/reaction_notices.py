"""The notice about somebody whose reactions draw eyes to their profile: posted, and kept up to date."""

from __future__ import annotations

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from actions.case_calls import edit
from actions.delivery import deliver, notice_of
from actions.outcomes import Receipt
from storage import names
from storage.models import Reactor
from storage.moderation.requested_actions.calls import ChatAction
from telegram_ui.buttons import ReactorButton
from telegram_ui.language import Say, sentences
from telegram_ui.lengths import spoiler

LONGEST_NAME = 64  # characters of a moderator's name


async def show(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Edit the notice where it stands; post it where it does not; of somebody forgotten, take the name out."""
    say, reactor = sentences(action.language).gettext, action.reactor
    if reactor is None:
        if action.notice is not None:
            await edit(bot, action.notice, say("Reactions of somebody whose name is erased by now."), [], None)
        return action.notice or {"reason": "they are forgotten"}
    place = action.notice
    if place is not None and await edit(bot, place, *notice(say, action, reactor, place["chat_id"])):
        return place

    async def post(to: int, thread_id: int | None) -> Receipt:
        return await notice_of(bot, *notice(say, action, reactor, to))(to, thread_id)

    return await deliver(action, chat_id, post)


def notice(
    say: Say, action: ChatAction, reactor: Reactor, chat_id: int
) -> tuple[str, list[MessageEntity], InlineKeyboardMarkup | None]:
    """Who reacted to how many messages, behind a spoiler the name, and the buttons until somebody decides.

    `chat_id` is where the notice stands: in the group itself a number stands for a name that advertises.
    """
    head = say("Somebody who never wrote in {chat} reacted to {n} messages there within ten minutes:").format(
        chat=action.chat_title, n=len(reactor.recent)
    )
    if names.says_more(reactor.name):
        head = say("Somebody who never wrote in {chat} reacts to messages there, with a name that says more:").format(
            chat=action.chat_title
        )
    head += "\n"
    quoted = reactor.name or say("an account without a name")
    if chat_id == action.chat_external_id and names.says_more(reactor.name):
        quoted = say("member {id}").format(id=reactor.user_id)
    text = f"{head}{quoted}{_decision(say, reactor)}"
    return text, [spoiler(head, quoted)], _buttons(say, action, reactor)


def _decision(say: Say, reactor: Reactor) -> str:
    if reactor.is_banned is None:
        return ""
    line = say("{name}: ban") if reactor.is_banned else say("{name}: left")
    return "\n\n✓ " + line.format(name=(reactor.decided_by or "")[:LONGEST_NAME])


def _buttons(say: Say, action: ChatAction, reactor: Reactor) -> InlineKeyboardMarkup | None:
    if reactor.is_banned is not None:
        return None
    labels = {say("Ban"): True, say("Leave it"): False}
    row = [
        InlineKeyboardButton(label, callback_data=ReactorButton(action.chat_id, reactor.user_id, bans).data)
        for label, bans in labels.items()
    ]
    return InlineKeyboardMarkup([row])
