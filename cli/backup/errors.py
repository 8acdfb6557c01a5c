"""The named errors of backups; the package's docstring shows their tree."""

from __future__ import annotations

from pathlib import Path

from cli.errors import CommandError


class BackupFailed(CommandError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"no backup was made: {path} cannot be written ({reason}); make room there, or name another place"
        )
        self.reason = reason


class NotABackup(CommandError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be restored: {reason}; nothing was changed: take another backup")


class BackupTooNew(CommandError):
    def __init__(self, path: Path, its: tuple[str, str], ours: tuple[str, str]) -> None:
        """Each pair is hamlet's version and its database's step."""
        super().__init__(
            f"{path} was made by hamlet {its[0]} (database step {its[1]}), and this is hamlet {ours[0]} (database step "
            f"{ours[1]}); nothing was changed: update hamlet, then restore"
        )


class NotRestored(CommandError):
    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"nothing was restored: {reason}; {remedy}")
