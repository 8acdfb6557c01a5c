"""The story of the product, with real processes: a message, its verdict, a correction, a better model serving."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from storage.session import open_engine
from tests.conftest import count
from tests.e2e.conftest import write_short_examples
from tests.processes import Processes, eventually, free_port
from tests.servers import Postgres

pytestmark = [pytest.mark.weights, pytest.mark.processes]

SPAM = "FREE prize for Zoe: £750 in cash, you won! Claim now, call 09061234, congratulations"
HAM = "Hi Zoe, are we still on for dinner at 7? Bring the cake please, see you later"


@pytest.fixture
def on_sqlite(home_folder: Path) -> tuple[Path, dict[str, str]]:
    return home_folder, {}


@pytest.fixture
def on_postgres(home_folder: Path, postgres: Postgres) -> tuple[Path, dict[str, str]]:
    """The model's directory comes along; the database starts empty, so the version is trained again into it."""
    shutil.rmtree(home_folder / "home")
    settings = {"HAMLET_DATABASE_URL": postgres.new_database()}
    with Processes(home_folder, **settings) as processes:
        processes.hamlet("train", "--data", "examples.csv")
        processes.hamlet("promote")
    return home_folder, settings


def tell_the_story(folder: Path, settings: dict[str, str]) -> None:
    with Processes(folder, HAMLET_PORT=str(free_port()), **settings) as processes:
        processes.run_hamlet()
        visitor = processes.visitor()
        assert visitor.say(HAM) | {"row": "", "score": ""} == {"row": "", "score": "", "state": "ham", "version": "v1"}
        spam = visitor.say(SPAM)
        assert (spam["state"], spam["version"]) == ("spam", "v1")
        [verdict] = visitor.flagged()
        visitor.decide(verdict, is_spam=False)
        assert visitor.flagged() == []
        assert "corrections" in processes.hamlet("models")
        processes.hamlet("train", "--data", "examples.csv", "--seed", "7")
        assert visitor.say(HAM)["version"] == "v1", "a trained version serves only once it is promoted"
        processes.hamlet("promote", "v2")
        assert visitor.say(HAM)["version"] == "v2"
        assert re.search(r"v2\s+champion.*\s1\s", processes.hamlet("models")), "the correction was learned from"


def test_a_correction_becomes_a_better_model_on_sqlite(on_sqlite: tuple[Path, dict[str, str]]) -> None:
    tell_the_story(*on_sqlite)


def test_a_correction_becomes_a_better_model_on_postgresql(on_postgres: tuple[Path, dict[str, str]]) -> None:
    tell_the_story(*on_postgres)


def test_the_training_process_learns_when_asked_and_rolls_back(home_folder: Path) -> None:
    """No one promotes: the run passes the gate and serves by itself, beside a hamlet that goes on judging."""
    write_short_examples(home_folder / "seed.csv")
    settings = {
        "HAMLET_PORT": str(free_port()),
        "HAMLET_SHADOW_HOURS": "0",
        "HAMLET_SEED_DATA": str(home_folder / "seed.csv"),
    }
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
