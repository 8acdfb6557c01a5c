"""Commands for the operator: serving, logging in, the database, health."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console


def run() -> None:
    """Set everything up, fine-tune the first time, and serve until Ctrl-C."""
    from cli import serve

    serve.run(console)


def login(
    name: Annotated[str | None, typer.Option(help="The name stored with this login's corrections")] = None,
) -> None:
    """Print another login link for the review site: single use, 15 minutes."""
    from cli import logins

    console.print(logins.login_link(name))


def migrate() -> None:
    """Upgrade the database to this version's tables."""
    from cli import database

    console.print(database.migrate().sentence, markup=False)


def health(
    process: Annotated[
        str | None, typer.Argument(help="worker, actions, training, schedule, bot or review; all if left out")
    ] = None,
) -> None:
    """Exit code 0 while the process is alive and, for the worker, messages can be judged; otherwise 1, with the reason."""
    from cli import health

    health.check(process) if process else health.check_all()
