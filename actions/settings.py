"""What the process `actions` reads from the environment. Read once, when the process starts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from actions.addresses import checked_url, is_local_name
from jobs.proxies import is_loopback
from jobs.settings import ChatNumber

CONFIG = SettingsConfigDict(
    env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
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


def _receiver(url: SecretStr) -> SecretStr:
    """The address of a webhook; it may hold a token, so it is kept like a secret."""
    address = checked_url(url.get_secret_value())
    if not address.startswith("https://") and not is_loopback(address):
        raise ValueError("has to begin with https://, unless it is this machine's own")
    return url


def _model_server(url: SecretStr) -> SecretStr:
    """The address of an OpenAI-compatible server, which may be a local one if that is what the address itself names."""
    address = checked_url(url.get_secret_value())
    if not address.startswith("https://") and not is_local_name(address):
        raise ValueError("has to begin with https://, unless it names a local server")
    return url


def _list(url: str) -> str:
    """The address of a CAS-compatible API, below which `/check` is."""
    address = _model_server(SecretStr(url)).get_secret_value()
    if "?" in address:
        raise ValueError("holds a question mark; what is asked is added to it")
    return address


def _printable(key: SecretStr) -> SecretStr:
    if not all("!" <= letter <= "~" for letter in key.get_secret_value()):
        raise ValueError("holds what a key cannot: a space, a line's end or a letter beyond ASCII")
    return key


class OutboundSettings(BaseSettings):
    """HAMLET_WEBHOOK_URL, _SECRET and _PRIVATE; HAMLET_SECOND_OPINION_URL, _MODEL, _KEY and _A_DAY; HAMLET_SPAMMER_LIST_URL, _A_DAY."""

    model_config = CONFIG

    webhook_url: Annotated[SecretStr, AfterValidator(_receiver)] | None = Field(
        default=None, description="Address that is informed of decisions, promotions and pauses; empty means none"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, min_length=16, description="Secret that signs what is sent there, of 16 characters or more"
    )
    webhook_private: bool = Field(default=False, description="Whether that address may be one of a private network")

    second_opinion_url: Annotated[SecretStr, AfterValidator(_model_server)] | None = Field(
        default=None,
        description="OpenAI-compatible address, such as http://localhost:11434/v1, asked about doubtful flags",
    )
    second_opinion_model: str | None = Field(default=None, description="Name of the model that is asked there")
    second_opinion_key: Annotated[SecretStr, AfterValidator(_printable)] | None = Field(
        default=None, description="Key for that address, if it needs one"
    )
    second_opinion_a_day: int = Field(
        default=200, ge=1, le=1_000_000, description="Questions asked there within a day, at most"
    )

    spammer_list_url: Annotated[str, AfterValidator(_list)] | None = Field(
        default=None,
        description="CAS-compatible address, such as https://api.cas.chat, asked about newcomers where a chat chooses it",
    )
    spammer_list_a_day: int = Field(
        default=5_000, ge=1, le=10_000_000, description="Questions asked there within a day, at most"
    )

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.second_opinion_url is not None and self.second_opinion_model is None:
            raise ValueError("HAMLET_SECOND_OPINION_URL needs HAMLET_SECOND_OPINION_MODEL: which model is asked there")
        return self

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("HAMLET_WEBHOOK_URL needs HAMLET_WEBHOOK_SECRET: what is sent there is signed with it")
        return self
