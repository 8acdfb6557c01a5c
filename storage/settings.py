"""Where the memory lives. Read once, at the door of each process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def _with_driver(url: object) -> str:
    """PostgreSQL through psycopg 3, SQLite through Python's own; anything else is refused."""
    try:
        parsed = make_url(str(url))
    except ArgumentError as error:
        raise ValueError("is not a database address such as postgresql://user:password@host/hamlet") from error
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return str(url)
    raise ValueError(f"{parsed.drivername} is not supported; use sqlite or postgresql")


class StorageSettings(BaseSettings):
    """HAMLET_HOME and HAMLET_DATABASE_URL."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hamlet")),
        description="Folder of the database file, the model versions and the logs",
    )
    database_url: Annotated[str, BeforeValidator(_with_driver)] | None = Field(
        default=None, description="PostgreSQL or SQLite address; empty means a SQLite file in HAMLET_HOME"
    )

    @property
    def address(self) -> str:
        return self.database_url or f"sqlite:///{self.home.expanduser().resolve() / 'hamlet.sqlite3'}"

    @property
    def models(self) -> Path:
        """The folder of model versions, one directory each."""
        return self.home.expanduser().resolve() / "models"
