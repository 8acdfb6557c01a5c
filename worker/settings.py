"""What the worker and the actions process read from the environment. Read once, at the door."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs import processors
from jobs.settings import ChatNumber

CONFIG = SettingsConfigDict(env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)


class WorkerSettings(BaseSettings):
    """HAMLET_WORKER_THREADS, HAMLET_WORKER_PRECISION, HAMLET_BATCH_SIZE, HAMLET_LEASE_SECONDS, HAMLET_AUDIT_SHARE."""

    model_config = CONFIG

    worker_threads: int = Field(
        default_factory=processors.count, ge=1, le=1024, description="Processor threads the classifier may use"
    )
    worker_precision: Literal["auto", "fp32", "bf16"] = Field(
        default="auto",
        description="Precision of the classifier's products; auto is bf16 where the processor is fast in it",
    )
    batch_size: int = Field(default=32, ge=1, le=1000, description="Messages judged as one batch, at most")
    lease_seconds: float = Field(
        default=30.0, ge=1.0, le=3600.0, description="How long a claimed batch waits before another worker may take it"
    )
    audit_share: float = Field(
        default=0.01,
        ge=0.0,
        le=1.0,
        description="Share of the messages judged ham that is drawn for a moderator to see",
    )


class ActionsSettings(BaseSettings):
    """HAMLET_TELEGRAM_TOKEN, HAMLET_TELEGRAM_API_URL, HAMLET_MODERATORS_CHAT_ID, HAMLET_LEASE_SECONDS."""

    model_config = CONFIG

    telegram_token: SecretStr | None = Field(
        default=None, description="Token from BotFather; empty means no Telegram bot"
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org", pattern="^https?://", description="Address of the Bot API"
    )
    moderators_chat_id: ChatNumber | None = Field(
        default=None, description="Telegram chat that gets the notices; empty means the group itself"
    )
    lease_seconds: float = Field(
        default=30.0, ge=1.0, le=3600.0, description="How long a claimed batch waits before another worker may take it"
    )
