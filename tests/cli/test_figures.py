"""What a version is worth fits a terminal of eighty columns."""

from __future__ import annotations

import io

from rich.console import Console

from cli.figures import COLUMNS, compared
from storage.models import ModelVersion

FIGURES = dict.fromkeys(COLUMNS, 0.9751)


def test_no_figure_is_cut_at_eighty_columns() -> None:
    baselines = dict.fromkeys(("dummy", "naive_bayes", "logistic_words", "logistic_characters"), FIGURES)
    version = ModelVersion(name="v1000", metrics={"hold_out": FIGURES, "baselines": baselines})
    told = io.StringIO()
    Console(file=told, width=80).print(compared(version))
    assert "…" not in told.getvalue()
    assert told.getvalue().count("0.9751") == 5 * len(COLUMNS)
