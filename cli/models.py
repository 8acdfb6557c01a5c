"""Commands about model versions: which there are, which serves, what another would have said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import ending

models = typer.Typer(help="List the model versions, or show one.", invoke_without_command=True)
DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@models.callback()
def listed(context: typer.Context) -> None:
    """List the model versions, the newest first; `hamlet models show V` tells where one comes from."""
    from cli import app, versions

    if context.invoked_subcommand is None:
        versions.show_all(app.console)


@models.command()
def show(name: Annotated[str, typer.Argument(help="A model version, as `hamlet models` lists it")]) -> None:
    """Show a version's parent, examples, recipe, seed, code, times and figures, and what the gate said."""
    from cli import app, versions

    versions.show(app.console, name)


@models.command()
def rebuild(
    name: Annotated[str, typer.Argument(help="A model version, as `hamlet models` lists it")],
    data: Annotated[Path | None, typer.Option(help="The seed set's file, where it is not the usual one")] = None,
    text_column: Annotated[str, typer.Option(help="With --data: the column of the texts")] = "text",
    label_column: Annotated[str, typer.Option(help="With --data: its column of labels")] = "label",
) -> None:
    """Train a version anew from the examples and the recipe it was made of, and tell whether the weights are the same."""
    ending.as_ctrl_c_does()
    from cli import app, learning

    learning.train(app.console, learning.labelled_file(data, text_column, label_column), seed=None, like=name)


def promote(
    name: Annotated[str | None, typer.Argument(help="A model version; the newest challenger if left out")] = None,
) -> None:
    """Make a model version the champion; a running worker swaps to it before its next batch."""
    from cli import app, versions

    versions.promote(app.console, name)


def rollback(
    reason: Annotated[str, typer.Option(help="Why; it is kept with the version that goes")] = "",
) -> None:
    """Go back to the version that served before the champion; the champion is refused from now on."""
    from cli import app, versions

    versions.roll_back(app.console, reason)


def replay(
    version: Annotated[str, typer.Option(help="The model version that judges")],
    since: Annotated[datetime, typer.Option(formats=DATES, help="Messages received from then on, UTC")],
    until: Annotated[datetime | None, typer.Option(formats=DATES, help="… and before then")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every difference into this file: .csv or .jsonl")] = None,
) -> None:
    """Judge stored messages with any version, and show where it differs from what was said then."""
    from cli import app
    from cli import replay as door

    door.run(app.console, door.Asked(version, since, until, out))
