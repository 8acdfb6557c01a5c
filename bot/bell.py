"""The worker's bell, rung without waiting: updates are handled one after the other, and no broker may slow them down."""

from __future__ import annotations

import asyncio

from jobs import send


def classify() -> None:
    """Messages wait for a verdict. To be called within the bot's loop; at most one thread waits for the broker (`send.Bell`)."""
    asyncio.get_running_loop().run_in_executor(None, send.classify)
