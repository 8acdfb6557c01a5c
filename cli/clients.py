"""What `hamlet tokens` does."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from cli.console import table
from storage.access import clients as queries
from storage.models import Client, Scope
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings


def add(name: str, scopes: Sequence[Scope], rate: int) -> str:
    """Add a client and return its token. Raises ClientExists."""
    with transaction(open_engine(StorageSettings().address)) as session:
        return queries.add(session, name, scopes, rate)


def show(console: Console) -> None:
    """A table of the clients."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = queries.every(session)
    if not rows:
        console.print("There is no client yet; `hamlet tokens add NAME --scope classify` adds one.")
        return
    listed = table("name", "scopes", "a minute", "added", "last used", "state")
    for client in rows:
        listed.add_row(*_cells(client))
    console.print(listed)


def _cells(client: Client) -> list[str]:
    used = f"{client.last_used_at:%Y-%m-%d %H:%M}" if client.last_used_at else "never"
    state = f"revoked {client.revoked_at:%Y-%m-%d}" if client.revoked_at else "good"
    scopes, rate = ", ".join(client.scopes), str(client.requests_a_minute)
    return [escape(client.name), scopes, rate, f"{client.created_at:%Y-%m-%d}", used, state]


def revoke(name: str) -> str:
    """Revoke a client's token, and return what was done. Raises UnknownClient."""
    with transaction(open_engine(StorageSettings().address)) as session:
        queries.revoke(session, name)
    return f"The token of {escape(name)} is no longer valid."
