"""How processes reach each other and what they log. Read once, when a process starts."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

import platformdirs
from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
NO_PERSON = 10**12  # from here on a number is a supergroup's without its minus; people's have about ten digits


def in_home(path: Path) -> Path:
    """The path with `~` and `~somebody` expanded as a shell does. Raises ValueError where there is no such home."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError("begins with ~, and there is no such home") from error


def _broker(url: str) -> str:
    if urlsplit(url).scheme not in ("redis", "rediss", "redis+socket", "valkey"):
        raise ValueError("is not a broker address such as redis://host:6379/0 or redis+socket:///path/to/socket")
    _ = urlsplit(url).port  # raises ValueError for a wrong port now, not at the first bell
    if url.startswith("redis+socket://~"):
        url = f"redis+socket://{in_home(Path(url.removeprefix('redis+socket://')))}"
    return url.replace("valkey://", "redis://", 1)


def _of_a_chat(number: int) -> int:
    if number == 0 or number >= NO_PERSON:
        raise ValueError("is no chat's number; a group's begins with a minus, as in -1001234567890")
    return number


def _dsn(address: SecretStr) -> SecretStr:
    parts = urlsplit(address.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.username or not parts.hostname or len(parts.path) < 2:
        raise ValueError("is no address such as https://key@sentry.example.org/1")
    _ = parts.port  # raises ValueError for a wrong one
    return address


def _collector(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(parts.path) < 2:
        raise ValueError("is no address such as http://collector.example.org:4318/v1/traces")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("holds more than an address; a key goes into OTEL_EXPORTER_OTLP_HEADERS")
    _ = parts.port  # raises ValueError for a wrong one
    return address


ChatNumber = Annotated[int, AfterValidator(_of_a_chat)]  # Telegram's: below 0 a group's, above a person's


class JobsSettings(BaseSettings):
    """HAMLET_HOME, HAMLET_BROKER_URL, HAMLET_LOG_ and HAMLET_METRICS_, HAMLET_SENTRY_DSN, HAMLET_TRACES_URL and _SHARE."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, AfterValidator(in_home)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hamlet")),
        description="Folder of the database file, the model versions and the logs",
    )
    broker_url: Annotated[str, AfterValidator(_broker)] | None = Field(
        default=None,
        repr=False,
        description="Redis or Valkey address; empty means a Valkey of our own on a unix socket",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least serious line that is logged"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text for people, json for log collectors")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_500,
        description="First of the ports that Prometheus scrapes, one a process; 0 means none",
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address that these ports listen on")
    sentry_dsn: Annotated[SecretStr, AfterValidator(_dsn)] | None = Field(
        default=None, description="Sentry-compatible address that errors are reported to, without any text"
    )
    traces_url: Annotated[str, AfterValidator(_collector)] | None = Field(
        default=None, description="OTLP/HTTP address that traces are sent to, without any text"
    )
    traces_share: float = Field(default=0.05, ge=0, le=1, description="Share of the traces that is kept, 0 to 1")

    @property
    def broker(self) -> str:
        """Address of the broker: the one that is set, or our own."""
        return self.broker_url or f"redis+socket://{quote(str(self.socket))}"

    @property
    def runtime(self) -> Path:
        """Folder of sockets and heartbeats: in HAMLET_HOME, or a short one where that path is too long for a socket."""
        home = self.home.expanduser().resolve()
        if len(os.fsencode(home / "run" / "broker.sock")) < LONGEST_SOCKET_PATH:
            return home / "run"
        return Path(tempfile.gettempdir()) / f"hamlet-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"

    @property
    def socket(self) -> Path:
        """Unix socket of the broker that we run ourselves."""
        return self.runtime / "broker.sock"
