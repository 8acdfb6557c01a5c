"""A home with a database, in which commands are run."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine

from cli import database
from storage.models import ModelVersion
from storage.session import open_engine
from storage.settings import StorageSettings
from tests import tiny
from tests.conftest import AddVersion

FIGURES = ("balanced_accuracy", "precision", "recall", "f1", "mcc", "average_precision", "roc_auc")
HOLD_OUT: dict[str, Any] = dict.fromkeys(FIGURES, 0.5) | {
    "examples": 10,
    "spam": 4,
    "expected_calibration_error": 0.01,
    "confusion": {"false_spam": 1, "false_ham": 2},
}
METRICS = {
    "hold_out": HOLD_OUT,
    "baselines": {"naive_bayes": HOLD_OUT},
    "corrections": 3,
    "act": {"normal": {"hit": 0, "ham": 6, "upper_bound_95": 0.39}},
}


@dataclass
class Terminal:
    """A console whose words can be read."""

    console: Console = field(default_factory=lambda: Console(file=io.StringIO(), width=200))

    @property
    def said(self) -> str:
        assert isinstance(self.console.file, io.StringIO)
        return self.console.file.getvalue()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database of an empty home."""
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HAMLET_DATABASE_URL", "")
    monkeypatch.setenv("HAMLET_BROKER_URL", "redis://127.0.0.1:1/0")
    database.migrate()
    engine = open_engine(StorageSettings().address)
    yield engine
    engine.dispose()


Version = Callable[..., ModelVersion]


@pytest.fixture
def version(home: Engine, add_version: AddVersion) -> Version:
    """Save and register a small version; `review=0` flags everything."""

    def add(name: str, promoted: bool = False, review: float = 0.5) -> ModelVersion:
        return add_version(home, name, promoted, made=replace(tiny.checkpoint(review), metrics=METRICS))

    return add
