"""What `hamlet tokens` does."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from storage.models import Client, Scope
from storage.queries import clients as queries
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings


def add(name: str, scopes: Sequence[Scope], rate: int) -> str:
    """The new token. Raises ClientExists."""
    with transaction(open_engine(StorageSettings().address)) as session:
        return queries.add(session, name, scopes, rate)


def show(console: Console) -> None:
    """A table of the clients."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = queries.every(session)
    if not rows:
        console.print("There is no client yet; `hamlet tokens add NAME --scope classify` adds one.")
        return
    table = Table(box=None)
    for column in ("name", "scopes", "a minute", "added", "last used", "state"):
        table.add_column(column)
    for client in rows:
        table.add_row(*_cells(client))
    console.print(table)


def _cells(client: Client) -> list[str]:
    used = f"{client.last_used_at:%Y-%m-%d %H:%M}" if client.last_used_at else "never"
    state = f"revoked {client.revoked_at:%Y-%m-%d}" if client.revoked_at else "good"
    scopes, rate = ", ".join(client.scopes), str(client.requests_a_minute)
    return [escape(client.name), scopes, rate, f"{client.created_at:%Y-%m-%d}", used, state]


def revoke(name: str) -> str:
    """Raises UnknownClient. Returns what was done."""
    with transaction(open_engine(StorageSettings().address)) as session:
        queries.revoke(session, name)
    return f"The token of {escape(name)} opens nothing any more."
