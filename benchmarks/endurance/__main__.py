"""`python -m benchmarks.endurance --json [--fast] [--minutes N] [--rate N]`: whether hamlet stays as it is while messages stream in.

Real processes (bot, worker, actions, schedule, training), PostgreSQL, Valkey, and the fake Telegram over real sockets, with a tiny
version, for the machinery is measured and not the network. Half a minute after the start, which is not measured, an hour at 50
messages a second begins; with --fast, five minutes at 10. A run of the training is asked for at once, another version is promoted in
the third quarter and rolled back in the same, so that the second quarter and the last one have the same work.

messages_in, verdicts_out, lost, doubled, actions_*, notices*, longest_delay_seconds, restarts
                          as `python -m benchmarks.faults` counts them
minutes, a_second         how long, and how many messages a second were asked for
processes.<name>          memory_mb: of the process (PSS, or RSS where the kernel has none), median of the second and the last quarter;
                          memory_growth: how much more the last is, as a share of the second; handles: open files and sockets, likewise
delay_seconds             p50 and p99 from a message at Telegram to its verdict, of the first half and of the second
database                  bytes_a_message: what the tables and their indexes grew by in the first quarter, a message;
                          mb and computed_mb: their size at the end, and what that many bytes a message make of it
retention                 old: messages past a retention of half that time when the tidying is asked for; left: those of them whose
                          texts remain; seconds: until none did
runs                      runs of the training by how they ended
retrained                 versions they made
verdicts_by_version       the champions' verdicts; `v100` is the version that was promoted and rolled back
promoted, rolled_back     whether messages were judged by the version promoted, and by the one before it since it was rolled back
"""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace

from benchmarks.bench import answer, options
from benchmarks.endurance.load import FAST, HOUR
from benchmarks.endurance.running import figures


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process that was started ends too
    parser = options(__doc__ or "")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, help="60, or 5 with --fast")
    parser.add_argument("--rate", type=float, help="messages a second; 50, or 10 with --fast")
    chosen = parser.parse_args()
    load = FAST if chosen.fast else HOUR
    load = replace(load, minutes=chosen.minutes or load.minutes, a_second=chosen.rate or load.a_second)
    answer(lambda: figures(load), chosen.json)


if __name__ == "__main__":
    main()
