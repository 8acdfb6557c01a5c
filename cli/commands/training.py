"""Commands that train: a model version, the course, the course's table of design choices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import signals
from cli.console import console
from cli.errors import CommandError


def train(
    data: Annotated[
        Path | None,
        typer.Option(help="CSV, TSV, JSONL, Parquet, or IMDb's folder or .tar.gz, instead of the seed set"),
    ] = None,
    text_column: Annotated[str, typer.Option(help="With --data: the column of the texts")] = "text",
    label_column: Annotated[str, typer.Option(help="With --data: its column of spam/ham, 1/0, true/false")] = "label",
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, help="Seed of the run; the default is the recipe's")
    ] = None,
    recipe: Annotated[
        str, typer.Option(help="default, or course: as the course does, registering nothing")
    ] = "default",
    blocks: Annotated[int, typer.Option(min=1, help="With --recipe course: blocks of the base model to take")] = 12,
    out: Annotated[Path | None, typer.Option(help="With --recipe course: its folder, else HAMLET_HOME/course")] = None,
    first: Annotated[
        bool,
        typer.Option(
            "--first", help="Learn from little, to have a version within a minute or two, as `hamlet run` does"
        ),
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Ask the background training process for a run, as the schedule does")
    ] = False,
) -> None:
    """Fine-tune on the seed set and the accepted corrections, evaluate, and register a model version."""
    signals.end_as_by_ctrl_c()
    from cli import course, learning

    if now:
        if data or seed is not None or recipe != "default" or first:
            raise CommandError("--now requests a scheduled run: leave --data, --seed, --recipe and --first out")
        learning.request_run(console)
    elif recipe == "course" and first:
        raise CommandError("--first makes a version; --recipe course registers none: leave one of them out")
    elif recipe == "course":
        course.train(console, blocks, out, seed, data)
    elif recipe == "default":
        learning.train(console, learning.labelled_file(data, text_column, label_column), seed, hurried=first)
    else:
        raise CommandError(f"there is no recipe {recipe!r}; known: default, course")


def experiments(
    rows: Annotated[str | None, typer.Option(help="Rows to run, such as 1,3-5; all if left out")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the rows and exit")] = False,
    quick: Annotated[
        bool, typer.Option(help="A share of the texts, in bf16 where the processor has it: about three minutes a row")
    ] = False,
    fresh: Annotated[bool, typer.Option(help="Forget the rows that earlier runs finished")] = False,
    base_model: Annotated[str | None, typer.Option(help="Base model; `hamlet base-models list` names them")] = None,
    blocks: Annotated[int, typer.Option(min=2, help="Blocks of the base model that the first rows take")] = 12,
    out: Annotated[Path | None, typer.Option(help="Folder of the table; HAMLET_HOME/experiments if left out")] = None,
) -> None:
    """Run the course's table of design choices; an interrupted table resumes where it stopped."""
    from cli import experiments

    choice = experiments.TableOptions(rows, quick, fresh, base_model, blocks, out)
    (experiments.show if listed else experiments.run)(console, choice)
