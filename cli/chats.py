"""The chats from the shell: how strictly each is judged, the kill switch, messages that failed."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from cli.console import table
from cli.errors import CommandError
from cli.logins import user
from storage.access import chats, switches
from storage.models import Strictness, now
from storage.moderation import inbox
from storage.moderation.requested_actions import requests
from storage.processes import signs
from storage.session import open_engine, reading, shown, transaction
from storage.settings import StorageSettings


def show(console: Console) -> None:
    """A table of the chats and what each has chosen."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = chats.every(session)
    if not rows:
        console.print("There is no chat yet; one is added with its first message.")
        return
    listed = table("number", "platform", "title", "mode", "strictness")
    for chat in rows:
        listed.add_row(str(chat.id), str(chat.platform), escape(chat.title), str(chat.mode), str(chat.strictness))
    console.print(listed)


def choose_strictness(chat_id: int, word: str) -> str:
    """Choose, and return what was done. Raises CommandError for an unknown word, UnknownChat for an unknown chat."""
    if word not in set(Strictness):
        raise CommandError(f"{word!r} is not a strictness; known: {', '.join(Strictness)}")
    with transaction(open_engine(StorageSettings().address)) as session:
        chat = chats.choose_strictness(session, chat_id, Strictness(word), user())
        return f"{chat.title or f'chat {chat.id}'} is judged as {word} from the next message on."


def stop() -> str:
    """Stop all acting without a moderator; actions that wait are dropped. Raises CommandError where no worker is stopped."""
    address = StorageSettings().address
    with transaction(open_engine(address)) as session:
        switches.stop(session, user())
        requests.stop_waiting(session, None, now())
        is_worked_with = signs.is_worked_with(session)
    if not is_worked_with:
        raise CommandError(
            f"the switch is set in {shown(address)}, but no worker uses that database: a hamlet running on another "
            "one keeps acting. Run this in the folder of its .env, or name its database with HAMLET_DATABASE_URL"
        )
    return (
        f"Stopped {shown(address)}: in every chat only moderators act. Messages are judged and shown as before; "
        "`hamlet go-on` ends it."
    )


def go_on() -> str:
    """Release the kill switch, and return what was done."""
    with transaction(open_engine(StorageSettings().address)) as session:
        by = switches.stopped_by(session)
        switches.go_on(session, user())
    return f"The chats' own modes apply again ({by} had stopped them)." if by else "Nothing was stopped."


def retry_failed() -> int:
    """Have every failed message judged again; returns how many there are."""
    with transaction(open_engine(StorageSettings().address)) as session:
        return inbox.retry_failed(session)
