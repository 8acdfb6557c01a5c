"""Printing on the terminal: the console of every command, tables, and texts cut to a width."""

from __future__ import annotations

import shutil

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table

SIZE_WITHOUT_TERMINAL = (100, 24)  # columns and lines
LONGEST = 2_000  # characters of a text that are looked at to fill a line

console = Console(highlight=False, soft_wrap=True)


def width() -> int:
    """Columns of the terminal, or of the file or pipe that stands in its place."""
    return shutil.get_terminal_size(SIZE_WITHOUT_TERMINAL).columns


def table(*columns: str) -> Table:
    """An empty table without a frame."""
    empty = Table(box=None)
    for column in columns:
        empty.add_column(column)
    return empty


def printable(text: str, columns: int) -> str:
    """The text on one line of at most that many columns, without characters that could control the terminal."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text[:LONGEST].split()))
    return shown if cell_len(shown) <= columns else set_cell_size(shown, columns - 1).rstrip() + "…"
