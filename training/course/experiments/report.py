"""The finished rows as one table: CSV for programs, Markdown for people."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from training.course.experiments.table import Finished

HEADER = ("row", "what changes", "blocks", "texts, epochs, products", "training", "validation", "test", "seconds")


def cells(finished: Finished) -> list[str]:
    """A row's cells, accuracies in per cent."""
    accuracies = [f"{accuracy:.2%}" for accuracy in finished.accuracies]
    return [
        str(finished.row),
        finished.what,
        str(finished.blocks),
        finished.setting,
        *accuracies,
        f"{finished.seconds:.0f}",
    ]


def markdown(table: Sequence[Finished]) -> str:
    """A Markdown table, one line for each row."""
    lines = ["| " + " | ".join(HEADER) + " |", "|---|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(finished)) + " |" for finished in table]
    return "\n".join(lines) + "\n"


def write(table: Sequence[Finished], folder: Path) -> tuple[Path, Path]:
    """Write table.csv and table.md in place of older ones. Returns their paths."""
    as_csv, as_markdown = folder / "table.csv", folder / "table.md"
    with as_csv.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(cells(finished) for finished in table)
    as_markdown.write_text(markdown(table))
    return as_csv, as_markdown
