"""Telegram's reactions to our values. Pure; Telegram tells them to administrators only, and only where it was asked to."""

from __future__ import annotations

from telegram import Update

from bot.adapter import GROUPS
from storage import names
from storage.moderation.reactors import Reacted


def reacted(update: Update) -> Reacted | None:
    """Who added a reaction to a group's message; None where it was taken back, or nobody is named, or a bot."""
    changed = update.message_reaction
    if changed is None or changed.chat.type not in GROUPS or changed.user is None or changed.user.is_bot:
        return None
    if not set(changed.new_reaction) - set(changed.old_reaction):
        return None
    name = (changed.user.full_name or "")[: names.LONGEST]  # a deleted account's is None
    return Reacted(changed.user.id, name, changed.message_id, changed.date)
