"""Commands about base models: which there are, fetching one, letting one continue a text."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console

base_models = typer.Typer(no_args_is_help=True, help="Published models that fine-tuning starts from.")


@base_models.command("list")
def show() -> None:
    """List the named base models and encoders, and those in the cache."""
    from cli import pretrained

    pretrained.show(console)


@base_models.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A listed name, or a repository of the Hugging Face hub: owner/name")],
    encoder: Annotated[bool, typer.Option("--encoder", help="The repository holds a sentence encoder")] = False,
) -> None:
    """Download a base model or an encoder and convert it, once."""
    from cli import pretrained

    pretrained.fetch(console, name, encoder)


def generate(
    text: Annotated[str, typer.Argument(help="The beginning")] = "Every effort moves you",
    base_model: Annotated[str | None, typer.Option(help="Base model; `hamlet base-models list` names them")] = None,
    tokens: Annotated[int, typer.Option(min=1, max=1_000, help="Tokens to add")] = 25,
) -> None:
    """Let a base model continue a text, always with the likeliest token: a check that its weights were loaded correctly."""
    from cli import pretrained

    pretrained.generate(console, text, base_model, tokens)
