"""Commands that score texts: new ones with the champion, stored ones with any version."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import console
from cli.errors import CommandError
from jobs import niceness

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def classify(
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Messages, each in quotes")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with one message a line; - is standard input")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: score, is_spam, model_version")
    ] = False,
) -> None:
    """Score messages with the champion; no server is needed."""
    from cli import scoring

    if bool(texts) == (file is not None):
        raise CommandError(
            'give either texts or --file: `hamlet classify "a text" "another"` or `hamlet classify --file messages.txt`'
        )
    if file is not None:
        niceness.come_last()
    answers = scoring.classify(texts or scoring.lines(file or Path("-")))
    for line in map(json.dumps, answers) if as_json else scoring.table(answers):
        print(line, flush=True)


def replay(
    version: Annotated[str, typer.Option(help="The model version that judges")],
    since: Annotated[datetime, typer.Option(formats=DATES, help="Messages received from this time on, UTC")],
    until: Annotated[datetime | None, typer.Option(formats=DATES, help="… and before this time")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every difference into this file: .csv or .jsonl")] = None,
) -> None:
    """Judge stored messages with any version, and show where it differs from the verdict of that time."""
    from cli import replay

    niceness.come_last()
    replay.run(console, replay.ReplayRequest(version, since, until, out))
