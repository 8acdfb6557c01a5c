"""Bringing the database to the tables of this version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

import migrations
from cli.backup import upgrades
from storage.session import engine_for, shown, transaction
from storage.settings import StorageSettings


@dataclass(frozen=True)
class Migrated:
    """A database that is up to date.

    `address` is without its password; `backup` was made before the tables were changed, None where no row could change.
    """

    address: str
    backup: Path | None

    @property
    def sentence(self) -> str:
        return f"The database {self.address} is up to date.{self.about_backup}"

    @property
    def about_backup(self) -> str:
        """Where the backup is, or nothing."""
        return f" As it was before, it is in {self.backup}; `hamlet restore` brings it back." if self.backup else ""


def migrate() -> Migrated:
    """Back the database up if it has rows and its tables have to change, then upgrade it.

    Raises DatabaseUnreachable, DatabaseTooNew, UpgradeFailed, and CommandError where no backup can be made.
    """
    storage = StorageSettings()
    with (
        engine_for(storage.address) as engine,
        transaction(engine) as session,
    ):  # raises our own error where it cannot be reached
        session.execute(text("SELECT 1"))
    backup = upgrades.back_up(storage) if migrations.would_change_rows(storage.address) else None
    migrations.upgrade(storage.address, backup)
    return Migrated(shown(storage.address), backup)
