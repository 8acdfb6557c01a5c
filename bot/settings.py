"""What the bot reads from the environment. Read once, when the process starts."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.settings import ChatNumber


class BotSettings(BaseSettings):
    """HAMLET_TELEGRAM_TOKEN, …_API_URL, …_WEBHOOK_URL, …_WEBHOOK_SECRET, …_WEBHOOK_LISTEN, …_WEBHOOK_PORT;
    HAMLET_MODERATORS_CHAT_ID, HAMLET_PUBLIC_URL, HAMLET_PORT.
    """

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    telegram_token: SecretStr = Field(description="Token from BotFather; empty means no Telegram bot")
    telegram_api_url: str = Field(
        default="https://api.telegram.org", pattern="^https?://", description="Address of the Bot API"
    )
    telegram_webhook_url: str | None = Field(
        default=None, pattern="^https://", description="Public address Telegram sends updates to; empty means polling"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="Secret that Telegram repeats with each update"
    )
    telegram_webhook_listen: str = Field(
        default="127.0.0.1", description="Address the webhook listens on, behind your proxy"
    )
    telegram_webhook_port: int = Field(default=8443, ge=1, le=65535, description="Port the webhook listens on")

    moderators_chat_id: ChatNumber | None = Field(
        default=None, description="Telegram chat that gets the notices; empty means the group itself"
    )

    public_url: str | None = Field(default=None, pattern="^https?://", description="Where people reach the review site")
    port: int = Field(
        default=8000, ge=1, le=65535, description="The review site's port, where it has no public address"
    )

    @property
    def site(self) -> str:
        """Where the login links of moderators lead."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @field_validator("telegram_token")
    @classmethod
    def _token_has_a_bot_id(cls, token: SecretStr) -> SecretStr:
        head, _, tail = token.get_secret_value().partition(":")
        if not (head.isascii() and head.isdigit() and tail):
            raise ValueError("is not a bot token; BotFather gives one like 123456:ABC-DEF")
        return token

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.telegram_webhook_url and not self.telegram_webhook_secret:
            raise ValueError("HAMLET_TELEGRAM_WEBHOOK_URL needs HAMLET_TELEGRAM_WEBHOOK_SECRET beside it")
        return self

    @property
    def bot_id(self) -> int:
        return int(self.telegram_token.get_secret_value().split(":")[0])
