"""Every setting of every process, so that a misspelt one is reported instead of overlooked."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings

from actions.settings import ActionsSettings, OutboundSettings
from bot.settings import BotSettings
from cli.supervision import MARK
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.settings import StorageSettings
from training.settings import TrainingSettings
from worker.settings import WorkerSettings

CLASSES: tuple[type[BaseSettings], ...] = (
    StorageSettings,
    JobsSettings,
    WorkerSettings,
    ActionsSettings,
    OutboundSettings,
    TrainingSettings,
    ReviewSettings,
    BotSettings,
)
PREFIX = "HAMLET_"


def names() -> set[str]:
    """The name of every variable that hamlet reads."""
    return {PREFIX + name.upper() for settings in CLASSES for name in settings.model_fields}


def unknown(environment: Mapping[str, str | None]) -> list[str]:
    """Names in the environment that begin like ours and that nothing reads, each with the nearest that exists."""
    read = names() | {MARK}
    unread = (name for name in environment if name.startswith(PREFIX) and name not in read)
    return [f"{name} is not a setting{_nearest(name)}" for name in sorted(unread)]


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, names(), n=1)
    return f" (did you mean {near[0]}?)" if near else "; .env.example lists them all"


def of_this_process() -> dict[str, str | None]:
    """The environment and what .env adds to it."""
    return {**dotenv_values(Path(".env")), **os.environ}
