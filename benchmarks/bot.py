"""`python -m benchmarks.bot --json [--fast] [--waiting N]`: what one bot takes, and what it costs when more comes in than that.

A real bot process, PostgreSQL, Valkey and the fake Telegram over real sockets, nothing else. As many messages wait at Telegram
as a group writes in a bad hour; they are counted as rows of the inbox.

per_second      messages stored a second, from a tenth of them to the last
cpu_ms          of the bot, a message
memory_mb       the bot's before the first message and at most afterwards (PSS, or RSS where the kernel has none)
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from benchmarks.bench import answer, options, ran_on, say
from benchmarks.endurance.sampling import MEGABYTE, sample
from benchmarks.faults.form import Form, Scenario
from benchmarks.faults.world import World
from storage.session import reading

WAITING, FAST = 5_000, 400
LONGEST_PAUSE = 60.0  # seconds without a message stored, after which nothing more is waited for
STORED = text("SELECT count(*) FROM messages")


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--waiting", type=int, help=f"messages; {WAITING:,}, or {FAST} with --fast")
    chosen = parser.parse_args()
    answer(lambda: measure(chosen.waiting or (FAST if chosen.fast else WAITING)), chosen.json)


def measure(n_messages: int) -> dict[str, Any]:
    """The figures of so many messages."""
    scenario = Scenario("one bot", lambda _: None)
    form = Form(messages=n_messages, times=1, share=1.0, lease_seconds=30.0)
    with tempfile.TemporaryDirectory(prefix="hamlet-bot-") as folder, World(Path(folder), scenario, form, 1) as world:
        world.start("bot")
        world.await_up("bot")
        say(f"{n_messages:,} messages are written")
        figures = emptied(world, n_messages)
    return {"messages": n_messages} | ran_on() | figures


def emptied(world: World, n_messages: int) -> dict[str, Any]:
    """Have them all written at once and wait until the bot has stored them. Raises TimeoutError."""
    process = psutil.Process(world.pid("bot"))
    memory = [sample(process.pid).memory]
    for _ in range(n_messages):
        world.write_next()
    marks = [(0, time.monotonic(), _cpu(process))]
    while marks[-1][0] < n_messages:
        time.sleep(0.5)
        memory.append(sample(process.pid).memory)
        if (stored := _stored(world)) > marks[-1][0]:
            marks.append((stored, time.monotonic(), _cpu(process)))
        elif time.monotonic() - marks[-1][1] > LONGEST_PAUSE:
            raise TimeoutError(f"{stored} of {n_messages} messages are stored, and no more come")
    first = next((mark for mark in marks[:-1] if mark[0] >= n_messages // 10), marks[0])
    count, seconds, cpu = (last - begin for begin, last in zip(first, marks[-1], strict=True))
    return {
        "per_second": round(count / seconds, 1),
        "cpu_ms": round(1_000 * cpu / count, 2),
        "memory_mb": [round(memory[0] / MEGABYTE, 1), round(max(memory) / MEGABYTE, 1)],
    }


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _stored(world: World) -> int:
    with reading(world.engine) as session:
        return int(session.execute(STORED).scalar_one())


if __name__ == "__main__":
    main()
