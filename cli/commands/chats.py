"""Commands about chats: how strictly each is judged, the kill switch, messages that failed."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console


def show() -> None:
    """List the chats, and how strictly each is judged."""
    from cli import chats

    chats.show(console)


def strictness(
    chat: Annotated[int, typer.Argument(help="The chat's number, as `hamlet chats` lists it")],
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
