"""`python -m benchmarks.season_plot season.json docs/season.svg`: a season's curve by day, drawn from its JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from benchmarks.season_stream import CAMPAIGNS, STARTS

JUDGES = {
    "ours": ("hamlet", "C0", "-"),
    "frozen": ("never learns", "C1", "--"),
    "naive_bayes": ("naive Bayes", "C2", ":"),
}


def drawn(season: dict[str, Any]) -> Figure:
    """Above, the share of spam caught each day; below, the ham flagged so far."""
    figure = Figure(figsize=(8.0, 5.2), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for judge, (label, colour, line) in JUDGES.items():
        days = season[judge]["days"]
        numbers = range(1, len(days) + 1)
        caught = [day["caught"] / day["spam"] if day["spam"] else float("nan") for day in days]
        above.plot(numbers, caught, line, color=colour, marker="o", label=f"{label} (area {season[judge]['area']:.3f})")
        flagged = list(accumulate(day["false_positives"] for day in days))
        below.plot(numbers, flagged, line, color=colour, marker="o")
    for name in CAMPAIGNS:
        for axes in (above, below):
            axes.axvline(STARTS[name] + 1, color="grey", linewidth=0.8)
        above.annotate(
            f"{name} begins", (STARTS[name] + 1, 0.02), fontsize=8, xytext=(3, 0), textcoords="offset points"
        )
    above.set(ylabel="share of the day's spam caught", ylim=(0, 1.02))
    above.legend(loc="lower right")
    ham = sum(day["ham"] for day in season["ours"]["days"])
    below.set(ylabel=f"ham flagged so far\n(of {ham:,} in all)", xlabel="day")
    return figure


def main(arguments: Sequence[str]) -> None:
    if len(arguments) != 2:
        sys.exit(__doc__)
    source, target = map(Path, arguments)
    try:
        figure = drawn(json.loads(source.read_text(encoding="utf-8")))
        FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None})  # type: ignore[no-untyped-call]  # matplotlib is untyped
    except OSError as error:
        sys.exit(f"{error}")
    except (ValueError, TypeError, KeyError) as error:
        sys.exit(f"{source} is not what `python -m benchmarks.season --json` prints ({error!r})")


if __name__ == "__main__":
    main(sys.argv[1:])
