"""The commands, and the one place where a named error becomes a sentence on the terminal.

Imports stand inside the commands: torch takes seconds, and `hamlet login` should not wait for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from classifier.errors import ClassifierError
from cli import ending, lessons, models, samples, tokens
from jobs.door import settings_refusal
from storage.errors import StorageError
from training.errors import TrainingError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(lessons.base_models, name="base-models")
app.command()(lessons.generate)
app.command()(lessons.experiments)
app.add_typer(models.models, name="models")
app.add_typer(tokens.tokens, name="tokens")
app.command("import")(samples.bring_in)
app.command("export")(samples.take_out)
app.command()(models.promote)
app.command()(models.rollback)
app.command()(models.replay)
console = Console(highlight=False, soft_wrap=True)


class CommandError(Exception):
    """A command cannot do what was asked; the text says why and what to do."""


def main() -> None:
    """Run the command line. Named errors end it with one sentence and exit code 1, wrong settings with 2."""
    try:
        app()
    except ValidationError as error:
        sys.exit(_said(settings_refusal(error), 2))
    except (CommandError, ClassifierError, StorageError, TrainingError) as error:
        sys.exit(_said(str(error), 1))
    except BrokenPipeError:
        sys.exit(0)


def _said(reason: str, code: int) -> int:
    print(f"hamlet: {reason}", file=sys.stderr)
    return code


@app.callback()
def refuse_unknown_settings() -> None:
    """hamlet: to be spam, or not to be."""
    from cli import settings

    if strangers := settings.unknown(settings.of_this_process()):
        sys.exit(_said("; ".join(strangers), 2))


@app.command()
def run() -> None:
    """Set everything up, fine-tune the first time, and serve until Ctrl-C."""
    from cli import serve

    serve.run(console)


@app.command()
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
    now: Annotated[
        bool, typer.Option("--now", help="Have the training process run in the background, as the schedule does")
    ] = False,
) -> None:
    """Fine-tune on the seed set and the accepted corrections, evaluate, and register a model version."""
    ending.as_ctrl_c_does()
    from cli import course, learning

    if now:
        if data or seed is not None or recipe != "default":
            raise CommandError("--now asks for the run that the schedule makes: leave --data, --seed and --recipe out")
        learning.ask(console)
    elif recipe == "course":
        course.train(console, blocks, out, seed, data)
    elif recipe == "default":
        learning.train(console, learning.labelled_file(data, text_column, label_column), seed)
    else:
        raise CommandError(f"there is no recipe {recipe!r}; known: default, course")


@app.command()
def classify(
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Messages, each in quotes")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with one message a line; - is standard input")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: score, is_spam, model_version")
    ] = False,
) -> None:
    """Score messages with the champion; no server is needed."""
    from cli import judging

    if bool(texts) == (file is not None):
        raise CommandError(
            'give either texts or --file: `hamlet classify "a text" "another"` or `hamlet classify --file messages.txt`'
        )
    answers = judging.classify(texts or judging.lines(file or Path("-")))
    for line in map(json.dumps, answers) if as_json else judging.table(answers):
        print(line, flush=True)


@app.command()
def login(name: Annotated[str | None, typer.Option(help="Whose login; corrections carry this name")] = None) -> None:
    """Print another login link for the review site: single use, 15 minutes."""
    from cli import site

    console.print(site.login_link(name))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from cli import site

    console.print(site.migrate().said, markup=False)


@app.command()
def chats() -> None:
    """List the chats, and how strictly each is judged."""
    from cli import site

    site.show_chats(console)


@app.command()
def strictness(
    chat: Annotated[int, typer.Argument(help="The chat's number, as `hamlet chats` lists it")],
    word: Annotated[str, typer.Argument(help="cautious, normal or strict: at most 0.01 %, 0.1 % or 1 % of ham hit")],
) -> None:
    """Choose how much ham hamlet may hit in a chat where it acts without a moderator."""
    from cli import site

    console.print(site.choose_strictness(chat, word))


@app.command()
def stop() -> None:
    """The kill switch for all chats: from now on only moderators act."""
    from cli import site

    console.print(site.stop(), markup=False)


@app.command("go-on")
def go_on() -> None:
    """After `hamlet stop`: each chat's own mode holds again."""
    from cli import site

    console.print(site.go_on())


@app.command("retry-failed")
def retry_failed() -> None:
    """Judge every failed message again."""
    from cli import site

    console.print(f"{site.retry_failed()} messages wait for a verdict again.")


@app.command()
def health(
    process: Annotated[
        str | None, typer.Argument(help="worker, actions, training, schedule, bot or review; all if left out")
    ] = None,
) -> None:
    """Exit code 0 while the process is alive and, of the worker, messages can be judged; otherwise 1, saying why not."""
    from cli import site

    site.check_health(process) if process else site.check_all_health()
