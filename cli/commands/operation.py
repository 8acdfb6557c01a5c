"""Commands for the operator: serving, logging in, the database, health."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import signals
from cli.console import console
from cli.errors import CommandError


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


def logout(
    name: Annotated[
        str | None, typer.Argument(help="A name, as the audit shows logins, or an actor, such as telegram:14")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody, operators too")] = False,
) -> None:
    """End the sessions of one person, or of all, on the review site; tokens of the HTTP API have `hamlet tokens revoke`."""
    from cli import logins

    if (name is not None) == everybody:
        raise CommandError("give either a name or --all: `hamlet logout ann` or `hamlet logout --all`")
    console.print(logins.log_out(name), markup=False)


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


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; compressed if its name ends with .gz")],
) -> None:
    """Write the database, the model versions and the settings (without secrets) to one file, while hamlet runs."""
    signals.end_as_by_ctrl_c()
    from cli.backup import making

    for sentence in making.back_up(file).sentences:
        console.print(sentence, markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `hamlet backup` or an upgrade wrote")],
    without_upgrade: Annotated[
        bool, typer.Option("--without-upgrade", help="Leave the tables as they were, for the older hamlet that made it")
    ] = False,
) -> None:
    """Verify a backup and restore it into an empty database and an empty HAMLET_HOME."""
    signals.end_as_by_ctrl_c()
    from cli.backup import restoring

    for sentence in restoring.restore(file, upgrades=not without_upgrade).sentences:
        console.print(sentence, markup=False)


def doctor() -> None:
    """One page on what is right and what is wrong here; exit code 1 if something is wrong."""
    from cli.doctor import page

    if not page.show(console):
        raise typer.Exit(1)
