"""A champion and a challenger in shadow."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.models import ModelVersion
from tests.storage import given


@pytest.fixture
def champion(engine: Engine) -> ModelVersion:
    return given.version(engine, "v1")


@pytest.fixture
def challenger(engine: Engine, champion: ModelVersion) -> ModelVersion:
    return given.in_shadow(engine, "v2")
