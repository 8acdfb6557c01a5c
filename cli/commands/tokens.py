"""Commands about clients of the HTTP API: who has a token, and for what."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console
from storage.models import Scope

tokens = typer.Typer(no_args_is_help=True, help="Tokens for clients of the HTTP API.")


@tokens.command()
def add(
    name: Annotated[str, typer.Argument(help="The client's name, stored with its corrections")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; can be repeated")],
    rate: Annotated[int, typer.Option(min=1, max=1_000_000, help="Requests a minute, at most")] = 600,
) -> None:
    """Print a new token, once: only its hash is kept."""
    from cli import clients

    console.print(clients.add(name, scope, rate))


@tokens.command("list")
def show() -> None:
    """List the clients with their scopes and last requests."""
    from cli import clients

    clients.show(console)


@tokens.command()
def revoke(name: Annotated[str, typer.Argument(help="The client, as `hamlet tokens list` names it")]) -> None:
    """Revoke a client's token; it is invalid from now on."""
    from cli import clients

    console.print(clients.revoke(name))
