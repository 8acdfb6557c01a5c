"""What the actions process holds while it lives."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import Bot

from actions.settings import ActionsSettings
from jobs.heartbeat import Heartbeat
from storage.models import ActionKind

CALL_SECONDS = 25.0  # for all that one call asks of Telegram
SLOW_SECONDS = 3.0  # after a notice that took longer, the others of its batch wait behind moderation


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the state that is counted, and what stores it."""

    kind: ActionKind
    state: str
    store: Callable[[Session], None]


@dataclass(frozen=True)
class Context:
    """One event loop, so that the bot's connections stay open, and what the database could not take yet."""

    engine: Engine
    settings: ActionsSettings
    heartbeat: Heartbeat
    runner: asyncio.Runner
    bot: Bot | None
    call_seconds: float = CALL_SECONDS
    slow_seconds: float = SLOW_SECONDS
    unstored: deque[Outcome] = field(default_factory=deque)
