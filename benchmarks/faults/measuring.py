"""One scenario from its beginning to its counts."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.bench import say
from benchmarks.faults import counting
from benchmarks.faults.form import Form, NotTried, Scenario
from benchmarks.faults.supervised import ALL, USUAL
from benchmarks.faults.world import World


def measure(scenario: Scenario, form: Form, seed: int) -> dict[str, Any]:
    """The scenario's row of the table."""
    began = time.monotonic()
    about = {"name": scenario.name, "database": scenario.database, "seed": seed}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="hamlet-faults-") as folder,
            World(Path(folder), scenario, form, seed) as world,
        ):
            names = ALL if scenario.has_training else USUAL
            world.start(*names)
            world.await_up(*names)
            scenario.happen(world)
            counts = counted(world, world.settle())
            if not is_survived(counts):
                keep_logs(world)
    except NotTried as reason:
        say(f"{scenario.name}: not tried, {reason}")
        return about | {"not_tried": str(reason)}
    except TimeoutError as reason:
        say(f"{scenario.name}: not survived, {reason}")
        return about | {"did_not_come_back": str(reason)}
    say(f"{json.dumps(about | counts)} in {time.monotonic() - began:.0f} s")
    return about | counts


def counted(world: World, left: dict[str, int]) -> dict[str, Any]:
    """What came in, what came out, and what is lost or doubled; `left` is what still waits."""
    verdicts, written = counting.verdicts(world.engine), world.watch.written
    notices = world.telegram.notices()
    out = sum(message_id in verdicts for message_id in written)
    failures = counting.failures(world.engine)
    return {
        "messages_in": len(written),
        "verdicts_out": out,
        "lost": len(written) - out,
        "doubled": sum(verdicts.values()) - len(verdicts),
        "actions_lost": world.telegram.missing_actions(),
        "actions_doubled": world.telegram.doubled_actions(),
        "calls_repeated": world.telegram.repeated_calls(),
        "notices": len(notices),
        "notices_doubled": sum(count > 1 for count in notices.values()),
        "notices_at_most": max(notices.values(), default=0),
        "longest_delay_seconds": round(world.watch.longest_delay, 1),
        "restarts": world.restarts,
        **({"left": left} if left else {}),
        **({"failures": failures} if failures else {}),
        **world.figures,
    }


def is_survived(counts: dict[str, Any]) -> bool:
    """Whether nothing is lost, judged twice or done twice, and no notice stands more than twice."""
    none = ("lost", "doubled", "actions_lost", "actions_doubled")
    is_whole = "left" not in counts and "failures" not in counts
    is_counted = all(name in counts for name in none)
    return is_counted and not any(counts[name] for name in none) and counts["notices_at_most"] <= 2 and is_whole


def keep_logs(world: World) -> None:
    """Show the ends of the logs, for the temporary folder goes."""
    for path in sorted(world.folder.glob("*.log")):
        say(f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:]))
