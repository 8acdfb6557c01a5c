"""A backup of the database alone before its tables change: a migration touches no model version."""

from __future__ import annotations

from pathlib import Path

from cli import settings
from cli.backup import making, writing
from cli.backup.errors import BackupFailed
from cli.errors import CommandError
from storage.models import now
from storage.settings import StorageSettings

MOST = 3  # the newest
STEM, SUFFIX = "before-upgrade-", ".tar.gz"


def back_up(storage: StorageSettings) -> Path:
    """Make one in HAMLET_HOME/backups; of earlier ones remove all but the newest three, and halves that killed ones left.

    Raises CommandError; nothing was changed then.
    """
    folder = storage.home / "backups"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        writing.remove_abandoned(folder, f"{STEM}*{SUFFIX}")  # first, for they may be what fills the disk
        path = folder / f"{STEM}{now():%Y-%m-%d-%H%M%S-%f}{SUFFIX}"
        making.make(path, storage, settings.of_this_process(), has_models=False)
        for old in sorted(folder.glob(f"{STEM}*{SUFFIX}"))[:-MOST]:  # by name is by age
            old.unlink(missing_ok=True)
    except (OSError, BackupFailed) as error:
        reason = error.reason if isinstance(error, BackupFailed) else str(error)
        raise CommandError(
            f"the database has to be brought up to date, and no backup of it could be made first ({reason}); nothing was "
            f"changed: make room in {folder}, or give write access to it, and run it again"
        ) from error
    return path
