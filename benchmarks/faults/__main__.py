"""`python -m benchmarks.faults --json [--fast] [--only WORDS]`: what is lost or doubled while something breaks.

Real processes, PostgreSQL, SQLite, Valkey, and the fake Telegram over real sockets. Each scenario lets messages in while its
fault happens, waits until nothing is pending, and counts:

messages_in, verdicts_out       messages written at Telegram, and those of them with a verdict
lost, doubled                   without a verdict in the end; with more than one
actions_lost, actions_doubled   deletions, bans and notices of spam that never came; deletions and bans that had an effect twice
calls_repeated                  deletions and bans asked for again, which Telegram answers without an effect
notices_doubled, _at_most       notices posted more than once, and how often one was posted at most
longest_delay_seconds           from writing to the verdict
restarts                        processes that ended by themselves and were started again, as a supervisor does
not_tried                       why this machine cannot have the fault
did_not_come_back               which process or server did not, so that nothing could be counted

Ends with code 1 where a fault was not survived.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from dataclasses import replace
from typing import Any

from benchmarks.bench import answer, options
from benchmarks.faults import table
from benchmarks.faults.form import LONG, SHORT, Form
from benchmarks.faults.measuring import is_survived, measure


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process that was started ends too
    parser = options(__doc__ or "")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--messages", type=int, help="of each scenario; 2,000, or 120 with --fast")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="scenarios with one of these in their names"
    )
    parser.add_argument("--database", choices=("postgresql", "sqlite"), help="scenarios on this one alone")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    chosen = parser.parse_args()
    form = SHORT if chosen.fast else LONG
    form = replace(form, messages=chosen.messages or form.messages)
    measured: list[dict[str, Any]] = []

    def all_figures() -> dict[str, Any]:
        whole = figures(form, chosen.seed, chosen.only, chosen.database)
        measured.extend(whole["faults"])
        return whole

    answer(all_figures, chosen.json)
    sys.exit(not all("not_tried" in counts or is_survived(counts) for counts in measured))


def figures(form: Form, seed: int, only: list[str], database: str | None) -> dict[str, Any]:
    """All rows of the table that are asked for."""
    scenarios = [
        scenario
        for scenario in table.SCENARIOS
        if database in (None, scenario.database) and (not only or any(word in scenario.name for word in only))
    ]
    return {
        "benchmark": "faults",
        "messages": form.messages,
        "seed": seed,
        "machine": {"cores": os.cpu_count(), "system": platform.platform()},
        "faults": [measure(scenario, form, seed) for scenario in scenarios],
    }


if __name__ == "__main__":
    main()
