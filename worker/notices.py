"""What a notice to moderators says: plain text with entities, so no name or message can smuggle markup in."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from jobs.buttons import CorrectionButton
from storage.models import CorrectionState
from storage.queries.actions import Task

LONGEST_QUOTE = 3_000  # characters of the message shown; Telegram takes 4,096 in all


def notice(task: Task) -> tuple[str, list[MessageEntity]]:
    """The notice's text with what was decided, and the spoiler that hides the quoted message until it is tapped."""
    quoted = task.text if len(task.text) <= LONGEST_QUOTE else task.text[:LONGEST_QUOTE] + "…"
    head = f"Looks like spam in {task.chat_title}\nscore {task.score:.2f} · model {task.model_version}\n\n"
    spoiler = MessageEntity(MessageEntity.SPOILER, offset=utf16(head), length=utf16(quoted))
    return head + quoted + _decisions(task), [spoiler]


def _decisions(task: Task) -> str:
    """Who says what; the buttons stay, for whoever disagrees."""
    if not task.corrections:
        return ""
    said = ", ".join(f"{c.actor_name[:64]}: {'spam' if c.is_spam else 'not spam'}" for c in task.corrections)
    disputed = any(c.state == CorrectionState.DISPUTED for c in task.corrections)
    return f"\n\n✓ {said}" + ("\nYou disagree, so training leaves it out until you agree." if disputed else "")


def buttons(task: Task) -> InlineKeyboardMarkup:
    spam, ham = CorrectionButton(task.verdict_id, True), CorrectionButton(task.verdict_id, False)
    row = [
        InlineKeyboardButton("Spam", callback_data=spam.data),
        InlineKeyboardButton("Not spam", callback_data=ham.data),
    ]
    return InlineKeyboardMarkup([row])


def utf16(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
