"""The database's history, one step a file; `hamlet migrate` brings any database up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parent


def configuration(address: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT))
    config.attributes["address"] = address
    return config


def upgrade(address: str) -> None:
    """Bring the database to this code's tables; a database that is there already is left alone."""
    command.upgrade(configuration(address), "head")
