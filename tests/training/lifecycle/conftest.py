"""Where runs work in these tests: a SQLite database, a tiny base model, eighty labelled messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import tiny
from tests.training.lifecycle.given_runs import WORDS, csv
from training.fit import base_models
from training.lifecycle.retrain import Workshop
from training.settings import TrainingSettings


@pytest.fixture
def workshop(sqlite_engine: Engine, tmp_path: Path) -> Workshop:
    folder = tmp_path / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(), folder)
    settings = TrainingSettings(cache=tmp_path / "cache", training_threads=1)
    return Workshop(sqlite_engine, tmp_path / "home" / "models", settings)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Eighty messages, half of them spam, of both kinds on every side."""
    rows = [f"win £££ now {word},spam" if i % 2 else f"see you at home {word},ham" for i, word in enumerate(WORDS)]
    return csv(tmp_path / "data.csv", rows)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine
