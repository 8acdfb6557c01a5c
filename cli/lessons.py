"""Commands of the course: base models by name, letting one write, the table of experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

base_models = typer.Typer(no_args_is_help=True, help="Published models that fine-tuning starts from.")


@base_models.command("list")
def show() -> None:
    """Show the base models and encoders that have a name, and those the cache holds."""
    from cli import app, pretrained

    pretrained.show(app.console)


@base_models.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A listed name, or a repository of the Hugging Face hub: owner/name")],
    encoder: Annotated[bool, typer.Option("--encoder", help="The repository is a sentence encoder's")] = False,
) -> None:
    """Download a base model or an encoder and convert it, once."""
    from cli import app, pretrained

    pretrained.fetch(app.console, name, encoder)


def experiments(
    rows: Annotated[str | None, typer.Option(help="Rows to run, such as 1,3-5; all if left out")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the rows and end")] = False,
    quick: Annotated[
        bool, typer.Option(help="A share of the texts, in bf16 where the processor has it: some three minutes a row")
    ] = False,
    fresh: Annotated[bool, typer.Option(help="Forget the rows that earlier runs finished")] = False,
    base_model: Annotated[str | None, typer.Option(help="Base model; `hamlet base-models list` names them")] = None,
    blocks: Annotated[int, typer.Option(min=2, help="Blocks of the base model that the first rows take")] = 12,
    out: Annotated[Path | None, typer.Option(help="Folder of the table; HAMLET_HOME/experiments if left out")] = None,
) -> None:
    """Run the course's table of design choices; an interrupted table goes on where it stopped."""
    from cli import app
    from cli import experiments as door

    asked = door.Asked(rows, quick, fresh, base_model, blocks, out)
    (door.show if listed else door.run)(app.console, asked)


def generate(
    text: Annotated[str, typer.Argument(help="The beginning")] = "Every effort moves you",
    base_model: Annotated[str | None, typer.Option(help="Base model; `hamlet base-models list` names them")] = None,
    tokens: Annotated[int, typer.Option(min=1, max=1_000, help="Tokens to add")] = 25,
) -> None:
    """Let a base model continue a text, always with the likeliest token: a check that its weights were read correctly."""
    from cli import app, pretrained

    pretrained.generate(app.console, text, base_model, tokens)
