"""`python -m benchmarks.quality --json`: how good the default recipe is, beside its parts alone and a linear baseline."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import protocols
from benchmarks.bench import Bench, answer, options, say
from training.errors import DatasetError

Protocol = Callable[[Bench, bool], dict[str, dict[str, Any]]]
PROTOCOLS: dict[str, Protocol] = {
    "course": protocols.course,
    "natural": protocols.natural,
    "smishing": protocols.smishing,
}


def _measured(protocol: Protocol, bench: Bench, is_fast: bool) -> dict[str, Any]:
    """The protocol's figures, or the reason why there are none, where a data set is missing."""
    try:
        return protocol(bench, is_fast)
    except DatasetError as error:
        say(f"not measured: {error}")
        return {"ours": {"not_measured": str(error)}}


def run(is_fast: bool, only: Sequence[str] = tuple(PROTOCOLS)) -> dict[str, Any]:
    """Every protocol, or those named; our figures are at the top, the others under their names."""
    bench = Bench.open()
    say(f"recipe {bench.config.hash}")
    report: dict[str, Any] = {"benchmark": "quality", "is_fast": is_fast, **bench.about(), "seconds": {}}
    for name in only:
        began = time.perf_counter()
        for judge, figures in _measured(PROTOCOLS[name], bench, is_fast).items():
            place = report if judge == "ours" else report.setdefault(judge, {})
            place[name] = figures
        report["seconds"][name] = round(time.perf_counter() - began, 1)
    return report


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--only", nargs="+", choices=tuple(PROTOCOLS), default=tuple(PROTOCOLS))
    chosen = parser.parse_args()
    answer(lambda: run(chosen.fast, chosen.only), chosen.json)
