"""A chat's settings and rules as a file, for another chat or another machine."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.errors import CommandError
from cli.logins import user
from storage.errors import TooManyRules
from storage.moderation import chat_transfer
from storage.moderation.policies.expressions import UnsuitablePattern
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings


def export_settings(chat_id: int, out: Path | None) -> None:
    """Write them to a file or to standard output. Raises UnknownChat, and CommandError where the file cannot be written."""
    with reading(open_engine(StorageSettings().address)) as session:
        text = chat_transfer.export_settings(session, chat_id)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}") from error


def import_settings(chat_id: int, file: Path) -> str:
    """Take them over, all or nothing; returns what was done. Raises CommandError, or a named error of storage."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8") from error
    try:
        with transaction(open_engine(StorageSettings().address)) as session:
            count = chat_transfer.import_settings(session, chat_id, text, user())
    except (UnsuitablePattern, TooManyRules) as error:
        raise CommandError(f"nothing was changed: {error}") from error
    return f"Chat {chat_id} has the file's settings, and {count:,} new rule{'' if count == 1 else 's'}."
