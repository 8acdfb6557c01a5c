"""Commands refuse a directory that was replaced together with its manifest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rich.console import Console
from sqlalchemy import Engine

from classifier.errors import CheckpointError
from cli import promotion, replay, scoring
from cli.doctor import installation
from cli.doctor.line import Mark
from cli.doctor.running import results
from cli.replay import ReplayRequest
from storage.learning import versions
from storage.session import reading
from storage.settings import StorageSettings
from tests.cli.conftest import Terminal, Version
from tests.replaced import replace_whole

COMMANDS: dict[str, Callable[[Console], object]] = {
    "promote": lambda console: promotion.promote(console, "v1"),
    "rollback": lambda console: promotion.roll_back(console, ""),
    "replay": lambda console: replay.run(console, ReplayRequest("v1", datetime(2026, 1, 1, tzinfo=UTC), None, None)),
}


@pytest.fixture
def two(home: Engine, version: Version) -> None:
    """v2 serves, and v1 served before it."""
    for name in ("v1", "v2"):
        version(name, promoted=True)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_refused_with_what_to_do(home: Engine, terminal: Terminal, command: str) -> None:
    replace_whole(StorageSettings().models, "v1")
    with pytest.raises(CheckpointError, match=r"not the one that was registered.*back from a backup"):
        COMMANDS[command](terminal.console)
    with reading(home) as session:
        serves = versions.champion(session)
    assert serves is not None
    assert serves.name == "v2"


@pytest.mark.usefixtures("two")
def test_texts_are_not_judged_by_it() -> None:
    replace_whole(StorageSettings().models, "v2")
    with pytest.raises(CheckpointError, match="not the one that was registered"):
        list(scoring.classify(["hello"]))


@pytest.mark.usefixtures("two")
def test_doctor_says_that_it_is_damaged() -> None:
    replace_whole(StorageSettings().models, "v2")
    line = next(line for line in results(installation.checks()) if line.what == "champion")
    assert line.mark == Mark.WRONG
    assert "v2 is damaged: manifest.json is not the one that was registered" in line.text
