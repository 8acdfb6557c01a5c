"""The page: all checks run at once, and those that nothing answers are given up in time."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from cli import settings
from cli.backup import stated
from cli.doctor import installation, processes, telegram
from cli.doctor.line import Check, Mark
from cli.doctor.running import results
from jobs.redaction import Redaction

LONGEST_TEXT = 300  # characters of a line that comes from elsewhere


def show(console: Console, checks: Sequence[Check] | None = None) -> bool:
    """Print one line for each thing checked, as far as it can be, within ten seconds. Returns whether nothing is wrong."""
    environment = settings.of_this_process()
    redaction = Redaction(environment, secret_names=stated.stated(environment)[1])
    lines = results(every_check() if checks is None else checks)
    width = max((len(line.what) for line in lines), default=0)
    for line in lines:
        text = f"{line.text}: {line.remedy}" if line.remedy else line.text
        console.print(f"{line.mark} {line.what:<{width}}  {_printable(redaction.of(text))}", markup=False)
    count = sum(line.mark == Mark.WRONG for line in lines)
    console.print(
        "Everything is as it should be." if not count else f"{count} of {len(lines)} are wrong.", markup=False
    )
    return count == 0


def every_check() -> list[Check]:
    """All of them, in the order of the page."""
    return [*installation.checks(), *processes.checks(), *telegram.checks()]


def _printable(text: str) -> str:
    """On one line, without characters that could control the terminal."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"
