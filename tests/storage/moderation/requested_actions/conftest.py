"""A version that serves, and a verdict whose notice waits."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.models import ModelVersion
from tests.storage import given


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


@pytest.fixture
def verdict(engine: Engine, model: ModelVersion) -> int:
    """A verdict whose notice waits."""
    return given.verdict(engine, model)
