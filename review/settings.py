"""What the review site reads from the environment. Read once, when it starts."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ReviewSettings(BaseSettings):
    """HAMLET_HOST, HAMLET_PORT, HAMLET_PUBLIC_URL, HAMLET_IMPORT_MB, HAMLET_PENDING_LIMIT, HAMLET_HISTORY_MB."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    host: str = Field(default="127.0.0.1", description="Address the review site listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the review site listens on")
    public_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="Address people reach the site at, when a proxy stands before it",
    )
    import_mb: int = Field(default=100, ge=1, description="Megabytes of one import by the HTTP API, at most")
    pending_limit: int = Field(
        default=20_000,
        ge=1,
        description="Messages waiting for a verdict above which the HTTP API takes no further ones for a while",
    )
    history_mb: int = Field(
        default=2_000, ge=1, description="Megabytes of a chat's export that moderators bring in on the site, at most"
    )

    @property
    def url(self) -> str:
        """Where people reach the site."""
        return (self.public_url or self.local_url).rstrip("/")

    @property
    def local_url(self) -> str:
        """Where this machine reaches the site."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
