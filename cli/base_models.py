"""`hamlet base-models`: a group of two commands."""

from __future__ import annotations

from typing import Annotated

import typer

group = typer.Typer(no_args_is_help=True, help="Published models that fine-tuning starts from.")


@group.command("list")
def show() -> None:
    """Show the base models that have a name, and those the cache holds."""
    from cli import app, pretrained

    pretrained.show(app.console)


@group.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A listed name, or a repository of the Hugging Face hub: owner/name")],
) -> None:
    """Download a base model and convert it, once."""
    from cli import app, pretrained

    pretrained.fetch(app.console, name)
