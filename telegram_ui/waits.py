"""How long Telegram asks to wait."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import RetryAfter


def seconds_to_wait(error: RetryAfter) -> float:
    """The seconds of a "retry after", which python-telegram-bot gives as a number or as a timedelta."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
