"""Commands about model versions: which there are, and which serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import signals
from cli.console import console

models = typer.Typer(help="List the model versions, or show one.", invoke_without_command=True)


@models.callback()
def listed(context: typer.Context) -> None:
    """List the model versions, newest first; `hamlet models show V` tells where one comes from."""
    from cli import versions

    if context.invoked_subcommand is None:
        versions.show_all(console)


@models.command()
def show(name: Annotated[str, typer.Argument(help="A model version, as `hamlet models` lists it")]) -> None:
    """Show a version's parent, examples, recipe, seed, code, times and figures, and the gate's decision."""
    from cli import versions

    versions.show(console, name)


@models.command()
def rebuild(
    name: Annotated[str, typer.Argument(help="A model version, as `hamlet models` lists it")],
    data: Annotated[Path | None, typer.Option(help="The seed set's file, where it is not the usual one")] = None,
    text_column: Annotated[str, typer.Option(help="With --data: the column of the texts")] = "text",
    label_column: Annotated[str, typer.Option(help="With --data: its column of labels")] = "label",
) -> None:
    """Train a version again from its examples and recipe, and tell whether the weights are the same."""
    signals.end_as_by_ctrl_c()
    from cli import learning

    learning.train(console, learning.labelled_file(data, text_column, label_column), seed=None, like=name)


def promote(
    name: Annotated[str | None, typer.Argument(help="A model version; the newest challenger if left out")] = None,
) -> None:
    """Make a model version the champion; a running worker swaps to it before its next batch."""
    from cli import promotion

    promotion.promote(console, name)


def rollback(
    reason: Annotated[str, typer.Option(help="The reason; it is kept with the version that is rolled back")] = "",
) -> None:
    """Go back to the version that served before the champion; the champion is refused from now on."""
    from cli import promotion

    promotion.roll_back(console, reason)
