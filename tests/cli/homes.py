"""Homes to back up and to restore into."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.backup import making
from storage.session import open_engine
from storage.settings import StorageSettings


def backed_up(folder: Path, name: str = "b.tar") -> Path:
    return making.back_up(folder / name).path


def empty_home(monkeypatch: pytest.MonkeyPatch, home: Path, address: str = "") -> Engine:
    """From here on, another home and database, in which nothing is."""
    monkeypatch.setenv("HAMLET_HOME", str(home))
    monkeypatch.setenv("HAMLET_DATABASE_URL", address)
    return open_engine(StorageSettings().address)
