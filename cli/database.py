"""Bringing the database to the tables of this version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

import migrations
from storage.session import open_engine, shown, transaction
from storage.settings import StorageSettings


@dataclass(frozen=True)
class Migrated:
    """A database that is up to date.

    `address` is without its password; `copy` was made before the tables were changed, None where nothing had to change.
    """

    address: str
    copy: Path | None

    @property
    def sentence(self) -> str:
        return f"The database {self.address} is up to date.{self.about_copy}"

    @property
    def about_copy(self) -> str:
        """Where the copy is, or nothing."""
        return f" As it was before, it is kept in {self.copy}." if self.copy else ""


def migrate() -> Migrated:
    """Upgrade the database. Raises DatabaseUnreachable, DatabaseTooNew, NoCopy and UpgradeFailed."""
    address = StorageSettings().address
    with transaction(open_engine(address)) as session:  # raises our own error where it cannot be reached
        session.execute(text("SELECT 1"))
    return Migrated(shown(address), migrations.upgrade(address))
