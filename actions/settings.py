"""What the process `actions` reads from the environment. Read once, when the process starts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from actions.addresses import checked_url
from jobs.proxies import is_loopback
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


def _receiver(url: SecretStr) -> SecretStr:
    """The address of a webhook; it may hold a token, so it is kept like a secret."""
    address = checked_url(url.get_secret_value())
    if not address.startswith("https://") and not is_loopback(address):
        raise ValueError("has to begin with https://, unless it is this machine's own")
    return url


class OutboundSettings(BaseSettings):
    """HAMLET_WEBHOOK_URL, HAMLET_WEBHOOK_SECRET, HAMLET_WEBHOOK_PRIVATE."""

    model_config = CONFIG

    webhook_url: Annotated[SecretStr, AfterValidator(_receiver)] | None = Field(
        default=None, description="Address that is informed of decisions, promotions and pauses; empty means none"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, min_length=16, description="Secret that signs what is sent there, of 16 characters or more"
    )
    webhook_private: bool = Field(default=False, description="Whether that address may be one of a private network")

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("HAMLET_WEBHOOK_URL needs HAMLET_WEBHOOK_SECRET: what is sent there is signed with it")
        return self
