"""Posts the words of a message again that was taken out of a group and let in by a moderator."""

from __future__ import annotations

from contextlib import suppress

from telegram import Bot
from telegram.error import BadRequest

from actions import posted_files
from actions.delivery import NO_PREVIEW, deliver, receipt_of
from actions.outcomes import Receipt
from actions.picture_lines import own_words
from actions.posted_files import CAPTIONED, file_of
from storage import names
from storage.models import ActionKind, ActionState
from storage.moderation.requested_actions.calls import VerdictAction
from storage.types import ERASED
from telegram_ui.language import sentences
from telegram_ui.lengths import LONGEST_CAPTION, LONGEST_TEXT, shortened


async def restore(bot: Bot, action: VerdictAction, _chat_id: int) -> Receipt:
    """Say in the group, in the message's topic, who wrote what; its picture or file comes with it."""
    is_deleted = any(call.kind == ActionKind.DELETE and call.state == ActionState.DONE for call in action.done)
    if not is_deleted or action.text == ERASED:
        return {"restored": False}

    async def post(to: int, thread_id: int | None) -> Receipt:
        return await _post(bot, action, to, thread_id)

    return await deliver(action, action.chat_external_id, post, action.thread_id)


async def _post(bot: Bot, action: VerdictAction, chat_id: int, thread_id: int | None) -> Receipt:
    file = file_of(action.picture_id, action.attachment)
    if file is not None and file[0] in CAPTIONED:
        with suppress(BadRequest):  # the file is gone, or may not be sent there: the words go without it
            caption = shortened(quotation(action), LONGEST_CAPTION)
            return receipt_of(chat_id, await posted_files.send(bot, chat_id, file, thread_id, caption=caption))
    text = shortened(quotation(action), LONGEST_TEXT)
    sent = await bot.send_message(chat_id, text, link_preview_options=NO_PREVIEW, message_thread_id=thread_id)
    return receipt_of(chat_id, sent)


def quotation(action: VerdictAction) -> str:
    """The words with their author's name, unless that advertises: all can read it."""
    say, name = sentences(action.language).gettext, action.author_name
    head = say("{name} wrote:").format(name=name) if name and not names.says_more(name) else say("A member wrote:")
    return f"{head}\n\n{own_words(names.without(action.text, name, action.author_username), action.picture)}"
