"""Removing orders and reports from the group they were given in, so that it stays quiet."""

from __future__ import annotations

from sqlalchemy.orm import Session
from telegram import Message

from storage.access import chats
from storage.models import ActionKind, Chat
from storage.moderation.requested_actions import requests


def chat_of(session: Session, message: Message) -> Chat:
    """The row of the group that the message was written in."""
    return chats.on_telegram(session, message.chat.id, message.chat.title or "")


def remove_command(session: Session, message: Message) -> Chat:
    """Have this message removed from its group, whose row is returned; one that was written before the group moved stays there."""
    chat = chat_of(session, message)
    message_id = chats.number_in(chat, message.chat.id, message.message_id)
    requests.ask_in_chat(session, chat.id, ActionKind.REMOVE, message_id=message_id)
    return chat
