"""Where the database and the files are. Read once, when a process starts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.shared_models import SharedModels


def _with_driver(url: object) -> str:
    """The address with its driver: psycopg 3 for PostgreSQL, Python's own for SQLite. Raises ValueError for others."""
    try:
        parsed = make_url(str(url))
    except (ArgumentError, ValueError) as error:
        raise ValueError("is not a database address such as postgresql://user:password@host/hamlet") from error
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        if parsed.host or parsed.database in (None, "", ":memory:"):
            raise ValueError("names no file; write sqlite:///folder/file or, from the root, sqlite:////folder/file")
        return parsed.set(database=parsed.database and _in_home(parsed.database)).render_as_string(hide_password=False)
    raise ValueError(f"{parsed.drivername} is not supported; use sqlite or postgresql")


def _in_home(path: str) -> str:
    """The path with `~` and `~somebody` expanded as in a shell."""
    try:
        return str(Path(path).expanduser())
    except RuntimeError as error:
        raise ValueError("begins with ~, and there is no such home") from error


def _folder(path: Path) -> Path:
    return Path(_in_home(str(path)))


@cache
def _shared(folder: Path, url: str | None) -> SharedModels:
    return SharedModels(folder, url)


class StorageSettings(BaseSettings):
    """HAMLET_HOME, HAMLET_DATABASE_URL and HAMLET_MODELS_URL."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, AfterValidator(_folder)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hamlet")),
        description="Folder of the database file, the model versions and the logs",
    )
    database_url: Annotated[str, BeforeValidator(_with_driver)] | None = Field(
        default=None, repr=False, description="PostgreSQL or SQLite address; empty means a SQLite file in HAMLET_HOME"
    )

    models_url: str | None = Field(
        default=None,
        description="Address of fsspec's kinds that all machines reach, such as s3://bucket/hamlet: model versions are published there "
        "and fetched from there",
    )

    @property
    def address(self) -> str:
        return self.database_url or f"sqlite:///{self.home.expanduser().resolve() / 'hamlet.sqlite3'}"

    def has_files(self, version: str) -> bool:
        """Whether all files of a model version exist, here or at HAMLET_MODELS_URL; the worker checks their contents."""
        return self.shared_models.has(version)

    @property
    def shared_models(self) -> SharedModels:
        """The folder of model versions, and where they are published."""
        return _shared(self.models, self.models_url)

    @property
    def models(self) -> Path:
        """The folder of model versions, one directory each."""
        return self.home.expanduser().resolve() / "models"
