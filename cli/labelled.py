"""Labelled texts from and to files: `hamlet import` and `hamlet export`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from cli.errors import CommandError
from cli.logins import user
from jobs import send
from storage import transfer
from storage.formats import Format
from storage.learning.samples import COMMAND_LINE, Importer
from storage.session import open_engine
from storage.settings import StorageSettings
from storage.transfer import Report

PART = 65_536  # bytes
SHOWN_ERRORS = 20
BY_LABEL = {"spam": Format.SPAM_TXT, "ham": Format.HAM_TXT}
BY_NAME = {
    "spam-samples.txt": Format.SPAM_TXT,
    "ham-samples.txt": Format.HAM_TXT,
    "detected_spam.jsonl": Format.DETECTED_SPAM,
}
BY_ENDING = {".csv": Format.CSV, ".jsonl": Format.JSONL}


def import_labelled(console: Console, file: Path, kind: str | None, label: str | None) -> None:
    """Store the file's texts. Raises CommandError where the format is not clear, the file cannot be read, or lines were refused."""
    chosen = format_of(file, kind, label)
    importer = Importer(COMMAND_LINE, "hamlet import", f"command:{user()}")
    engine = open_engine(StorageSettings().address)
    try:
        report = transfer.import_labelled(engine, importer, chosen, parts(file), send.classify)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    _print_report(console, report)


def format_of(file: Path, kind: str | None, label: str | None) -> Format:
    """The format that was named, else the one that the file's name implies. Raises CommandError."""
    is_text = kind == "txt" or (kind is None and file.suffix == ".txt")
    if label is not None and is_text:
        if label not in BY_LABEL:
            raise CommandError(f"--label {label!r}: a line is either spam or ham")
        return BY_LABEL[label]
    if kind in set(Format):
        return Format(kind)
    named = BY_NAME.get(file.name) or BY_ENDING.get(file.suffix.lower())
    if kind is None and named is not None:
        return named
    if is_text:
        raise CommandError(f"{file} does not say what its lines are: add --label spam or --label ham")
    formats = ", ".join([*Format, "txt", "telegram-json"])
    raise CommandError(f"{kind or file.name!r} is not a known format; --format takes {formats}")


def parts(file: Path) -> Iterator[bytes]:
    """The bytes of the file, or of standard input, as they are read."""
    if file == Path("-"):
        yield from iter(partial(sys.stdin.buffer.read, PART), b"")
        return
    with file.open("rb") as opened:
        yield from iter(partial(opened.read, PART), b"")


def _print_report(console: Console, report: Report) -> None:
    taken = report.taken
    console.print(
        f"{taken.new} new samples wait to be judged and learned; {taken.known} were already known, {taken.relabelled} changed their label."
    )
    for error in report.errors[:SHOWN_ERRORS]:
        console.print(f"line {error.line}: {escape(error.reason)}")
    if report.refused:
        raise CommandError(f"{report.refused} lines were rejected; correct them and import the file again")


def export_labelled(kind: Format, out: Path | None, since: datetime | None) -> None:
    """Write the texts that moderators decided since then. Raises CommandError where the file cannot be written."""
    moment = since.replace(tzinfo=UTC) if since else None
    parts = transfer.export_labelled(open_engine(StorageSettings().address), kind, moment)
    if out is None:
        sys.stdout.writelines(parts)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(parts)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}") from error
