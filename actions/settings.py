"""What the process `actions` reads from the environment. Read once, when the process starts."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.settings import ChatNumber

CONFIG = SettingsConfigDict(env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)


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
