"""Labelled texts in and out: `hamlet import` and `hamlet export`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import console
from storage.formats import Format

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def import_file(
    file: Annotated[Path, typer.Argument(help="A labelled file, or a chat's result.json; - is standard input")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=f"{', '.join(Format)}, telegram-json, or txt with --label; if left out, the file's name decides",
        ),
    ] = None,
    label: Annotated[str | None, typer.Option(help="spam or ham: what every line of a .txt is")] = None,
) -> None:
    """Learn from labelled texts: CSV (text,label), JSONL, tg-spam's samples and detected_spam.jsonl; or import a chat's history.

    Labelled texts are judged by the worker, and the next training run learns from them. telegram-json is Telegram Desktop's
    machine-readable export of a group: it tells hamlet who is in good standing and what is presumed ham; nothing in it is
    acted on. Importing a file twice is harmless.
    """
    from cli import history, labelled

    if history.is_export(file, kind):
        history.import_chat(console, file)
    else:
        labelled.import_labelled(console, file, kind, label)


def export_file(
    kind: Annotated[Format, typer.Option("--format", help="What to write")] = Format.JSONL,
    out: Annotated[Path | None, typer.Option(help="The file; standard output if left out")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DATES, help="Decided from this time on, UTC")] = None,
) -> None:
    """Write the texts that moderators decided, each once, oldest decision first."""
    from cli import labelled

    labelled.export_labelled(kind, out, since)
