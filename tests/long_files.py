"""The files that take longest, the longest first: every worker begins with them, and `make test-fast` leaves them out.

Measured with `pytest --durations=0`; docs/experiments.md has the seconds. A file that is not here comes after these.
"""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parent
LONG = (
    "e2e/test_real_base_model.py",
    "classifier/test_weights.py",
    "e2e/test_whole_path.py",
    "storage/moderation/test_raids.py",
    "faults/test_endurance.py",
    "faults/test_runs.py",
    "faults/test_run.py",
    "storage/test_upgrades.py",
    "e2e/test_telegram_path.py",
    "e2e/test_a_groups_day.py",
    "e2e/test_stories_of_moderators.py",
    "e2e/test_stories_of_newcomers.py",
    "e2e/test_stories_of_the_site.py",
    "storage/test_failed_upgrades.py",
    "storage/test_dump.py",
    "cli/test_upgrades.py",
    "cli/test_bad_backups.py",
    "faults/test_kills.py",
    "faults/test_burst.py",
    "faults/test_promotions.py",
    "faults/test_training.py",
    "cli/test_course.py",
    "classifier/encoder/test_published.py",
    "review/test_browser.py",
    "review/api/test_schema.py",
    "training/lifecycle/test_retrain.py",
    "training/fit/test_encoder_head.py",
    "training/fit/test_features.py",
    "training/lifecycle/test_gate.py",
    "training/data/test_starter_shortcut.py",
    "actions/test_tasks.py",
    "classifier/test_resident_memory.py",
    "storage/test_telegram_export.py",
    "training/lifecycle/test_schedule.py",
    "training/data/test_starter_set.py",
    "storage/learning/test_presumed.py",
    "training/fit/test_calibration.py",
    "training/fit/test_encoders.py",
    "cli/test_replay.py",
    "cli/test_versions.py",
    "cli/test_scoring.py",
    "cli/test_tokens.py",
    "cli/test_stop_and_health.py",
    "review/test_review_page.py",
    "classifier/gpt/test_tokenizer_files.py",
)
PLACES = {TESTS / name: place for place, name in enumerate(LONG)}


def place(path: Path) -> int:
    """Where the file stands among the long ones; behind them all where it is none."""
    return PLACES.get(path, len(LONG))
