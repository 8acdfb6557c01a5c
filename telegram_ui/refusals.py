"""What Telegram's refusals say."""

from __future__ import annotations

from telegram.error import TelegramError

NOT_A_MEMBER = ("user not found", "participant_id_invalid", "user_not_participant", "member not found")


def says(error: TelegramError, phrases: tuple[str, ...]) -> bool:
    """Whether Telegram's words hold one of these."""
    return any(phrase in str(error).lower() for phrase in phrases)
