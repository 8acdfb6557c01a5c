"""What is said of a held message: its notice with two buttons, and the message as it is posted again."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from actions.picture_lines import with_words
from storage import names
from storage.models import HoldState, Sign
from storage.moderation.requested_actions.calls import ChatAction, HeldMessage
from telegram_ui.buttons import HoldButton
from telegram_ui.language import Say, sentences
from telegram_ui.lengths import shortened, spoiler, utf16_length

LONGEST_NAME = 64  # characters of a moderator's name


def notice(action: ChatAction, held: HeldMessage, longest: int, chat_id: int) -> tuple[str, list[MessageEntity]]:
    """The notice's text, and the spoiler that hides what the author wrote; `longest` is counted in UTF-16 units.

    `chat_id` is where the notice stands: in the group itself no name that advertises is repeated.
    """
    say = sentences(action.language).gettext
    text = with_words(say, names.without(held.text, held.author_name, held.author_username), held.picture)
    head = shortened(_headline(say, action.chat_title, held), longest // 3) + "\n\n"
    tail = _decision(say, held)
    name = held.author_name
    if chat_id == action.chat_external_id and names.says_more(name):
        name = say("A member")
    body = shortened(f"{name}: {text}" if text else name, longest - utf16_length(head + tail))
    return head + body + tail, [spoiler(head, body)] if body else []


def _headline(say: Say, chat_title: str, held: HeldMessage) -> str:
    is_held = held.state == HoldState.HELD
    line = say("Held in {chat}: a newcomer's message") if is_held else say("A newcomer's message in {chat}")
    words = _carried(say)
    carried = ", ".join(words[sign] for sign in held.signs if sign in words)
    return line.format(chat=chat_title) + (f" ({carried})" if carried else "")


def _carried(say: Say) -> dict[str, str]:
    return {
        Sign.LINK: say("a link"),
        Sign.FORWARD: say("a forward"),
        Sign.BOT_MENTION: say("a mention of a bot"),
        Sign.PICTURE: say("a picture"),
        Sign.VIDEO: say("a video"),
        Sign.VOICE: say("a voice message or music"),
        Sign.STICKER: say("a sticker"),
        Sign.STORY: say("a story"),
        Sign.CONTACT: say("a contact"),
        Sign.FILE: say("a file"),
    }


def _decision(say: Say, held: HeldMessage) -> str:
    if held.state in (HoldState.HELD, HoldState.SHOWN):
        return ""
    line = say("{name}: let in") if held.state == HoldState.RELEASED else say("{name}: refused")
    return "\n\n✓ " + line.format(name=(held.decided_by or "")[:LONGEST_NAME])


def buttons(action: ChatAction, held: HeldMessage) -> InlineKeyboardMarkup | None:
    """What a moderator may decide; nothing once it is decided."""
    say = sentences(action.language).gettext
    labels = {
        HoldState.HELD: (say("Let it in"), say("Refuse")),
        HoldState.SHOWN: (say("Leave it"), say("Delete and ban")),
    }.get(held.state)
    if labels is None:
        return None
    pressed = (HoldButton(held.message_row, True), HoldButton(held.message_row, False))
    row = [InlineKeyboardButton(label, callback_data=one.data) for label, one in zip(labels, pressed, strict=True)]
    return InlineKeyboardMarkup([row])


def forgotten(action: ChatAction) -> str:
    """What stands in the place of a notice whose message was erased."""
    return sentences(action.language).gettext("A newcomer's message that is erased by now.")


def let_in(action: ChatAction, held: HeldMessage, has_file: bool) -> str:
    """The message as the bot posts it again; where all can read, so a name that advertises is left out."""
    say = sentences(action.language).gettext
    text = names.without(held.text, held.author_name, held.author_username)
    is_named = not names.says_more(held.author_name)
    if text and is_named:
        return say("{name} wrote:").format(name=held.author_name) + "\n" + text
    if text:
        return say("A member wrote:") + "\n" + text
    if has_file:
        return say("From {name}").format(name=held.author_name) if is_named else say("From a member")
    return say("A moderator let in a member's message that I cannot post again myself.")
