"""The story of the product, with real processes: a message, its verdict, a correction, a better model serving."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.session import open_engine
from tests.conftest import count
from tests.e2e.conftest import make_first_version, tiny_settings, write_short_examples
from tests.e2e.story import HAM, SPAM, tell_the_story
from tests.processes import Processes, eventually, free_port
from tests.servers import Postgres

pytestmark = pytest.mark.processes


def test_a_correction_becomes_a_better_model_on_postgresql(empty_home: Path, postgres: Postgres) -> None:
    settings = tiny_settings(empty_home) | {"HAMLET_DATABASE_URL": postgres.new_database()}
    make_first_version(empty_home, settings)
    tell_the_story(empty_home, settings)


def test_the_training_process_learns_when_asked_and_rolls_back(home_folder: Path) -> None:
    """No one promotes: the run passes the gate and serves by itself, beside a hamlet that goes on judging."""
    write_short_examples(home_folder / "seed.csv")
    settings = {
        "HAMLET_PORT": str(free_port()),
        "HAMLET_SHADOW_HOURS": "0",
        "HAMLET_SEED_DATA": str(home_folder / "seed.csv"),
    } | tiny_settings(home_folder)
    with Processes(home_folder, **settings) as processes:
        processes.run_hamlet()
        visitor = processes.visitor()
        visitor.say(SPAM)
        [verdict] = visitor.flagged()
        visitor.decide(verdict, is_spam=True)
        assert "is waiting; a running hamlet starts it at once" in processes.hamlet("train", "--now")
        engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
        serves = "name = 'v2' AND state = 'champion'"
        eventually("the new version serves", lambda: count(engine, "model_versions", serves) == 1, seconds=500)
        engine.dispose()
        assert visitor.say(HAM)["version"] == "v2"
        shown = processes.hamlet("models", "show", "v2")
        assert re.search(r"the gate\s+passed", shown)
        assert re.search(r"promoted\s+.*by the schedule", shown)
        assert "1 learned" in shown or "1 held out" in shown
        assert "v1 is the champion again; v2 is refused" in processes.hamlet("rollback", "--reason", "a try")
        assert visitor.say(HAM)["version"] == "v1"
        assert "texts judged again by v2" in processes.hamlet("replay", "--version", "v2", "--since", "2020-01-01")
