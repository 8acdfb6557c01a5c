"""A linked channel's post, which Telegram forwards into the channel's discussion group."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import adapter
from bot.context import Context
from storage.access import chats


async def on_channel_post(update: Update, context: Context) -> bool:
    """Note that the group has comments, which anybody may write without joining. Returns whether it was such a post."""
    post = adapter.channels_post(update)
    if post is None:
        return False
    await context.database.settle(update, partial(_note_comments, post=post))
    return True


def _note_comments(session: Session, post: Message) -> None:
    chats.on_telegram(session, post.chat.id, post.chat.title or "").has_comments = True
