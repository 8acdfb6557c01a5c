"""Commands about chats: how strictly each is judged, the kill switch, messages that failed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import console

chats = typer.Typer(help="List the chats, or move a chat's settings as a file.", invoke_without_command=True)
Number = Annotated[int, typer.Argument(help="The chat's number, as `hamlet chats` lists it")]


@chats.callback()
def listed(context: typer.Context) -> None:
    """List the chats, and how strictly each is judged."""
    from cli import chats

    if context.invoked_subcommand is None:
        chats.show(console)


@chats.command("export")
def export_settings(
    chat: Number,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")] = None,
) -> None:
    """Write a chat's settings and rules as JSON."""
    from cli import chat_settings

    chat_settings.export_settings(chat, out)


@chats.command("import")
def import_settings(
    chat: Number,
    file: Annotated[Path, typer.Argument(help="A file that `hamlet chats export` wrote; - is standard input")],
) -> None:
    """Give a chat the settings and rules of such a file; rules that it has beside them stay."""
    from cli import chat_settings

    console.print(chat_settings.import_settings(chat, file), markup=False)


def strictness(
    chat: Number,
    word: Annotated[str, typer.Argument(help="cautious, normal or strict: at most 0.01 %, 0.1 % or 1 % of ham hit")],
) -> None:
    """Choose how much ham hamlet may hit in a chat where it acts without a moderator."""
    from cli import chats

    console.print(chats.choose_strictness(chat, word))


def stop() -> None:
    """The kill switch for all chats: from now on only moderators act."""
    from cli import chats

    console.print(chats.stop(), markup=False)


def go_on() -> None:
    """Undo `hamlet stop`: each chat's own mode applies again."""
    from cli import chats

    console.print(chats.go_on())


def retry_failed() -> None:
    """Judge every failed message again."""
    from cli import chats

    console.print(f"{chats.retry_failed()} messages wait for a verdict again.")


def rescan(
    chat: Number,
    days: Annotated[int, typer.Option(help="How many days back; erased texts cannot be looked at")] = 7,
) -> None:
    """List the old messages of a chat that the present version would flag; nothing is changed."""
    from cli import rescans

    rescans.run(console, chat, days)
