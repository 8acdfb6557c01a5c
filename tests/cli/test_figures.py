"""What a version is worth fits a terminal of eighty columns."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from cli.figures import COLUMNS, compared, thresholds
from storage.models import ModelVersion

FIGURES: dict[str, Any] = dict.fromkeys(COLUMNS, 0.9751)
MEASURED = FIGURES | {"examples": 1_115}
BASELINES = dict.fromkeys(("dummy", "naive_bayes", "logistic_words", "logistic_characters"), FIGURES)


def shown(metrics: dict[str, Any]) -> str:
    """The table of a version with these figures, on eighty columns."""
    version = ModelVersion(name="v1000", metrics={"hold_out": FIGURES, "baselines": {}, **metrics})
    output = io.StringIO()
    Console(file=output, width=80).print(compared(version))
    return output.getvalue()


def test_no_figure_is_cut_at_eighty_columns() -> None:
    table = shown(
        {"baselines": BASELINES, "hold_outs": {"starter": MEASURED, "seed": MEASURED, "correction": MEASURED}}
    )
    assert "…" not in table
    assert table.count("0.9751") == 8 * len(COLUMNS)


def test_hold_outs_of_the_sms_collection_and_of_the_starter_set_are_told_apart() -> None:
    lines = shown({"hold_outs": {"starter": MEASURED | {"f1": 0.8234}, "seed": MEASURED}}).splitlines()
    assert [line.split("0.")[0].strip() for line in lines[1:]] == ["v1000", "SMS collection 1,115", "starter set 1,115"]
    assert "0.8234" in lines[3]


def test_a_version_that_did_not_tell_them_apart_is_shown_all_the_same() -> None:
    assert len(shown({}).splitlines()) == 2


def test_short_texts_have_a_calibration_error_of_their_own() -> None:
    apart = {"under_50_characters": 0.0301, "above": 0.0102}
    assert "(0.0301 under 50 characters, 0.0102 above)" in thresholds(version({"calibration_error_by_length": apart}))


def version(hold_out: dict[str, Any]) -> ModelVersion:
    """A version with these figures beside those that each has."""
    measured = {"confusion": {"false_spam": 1, "false_ham": 2}, "expected_calibration_error": 0.01, **hold_out}
    act = {"normal": {"hit": 0, "ham": 6, "upper_bound_95": 0.39}}
    return ModelVersion(name="v1", review_threshold=0.4, act_threshold=0.9, metrics={"hold_out": measured, "act": act})
