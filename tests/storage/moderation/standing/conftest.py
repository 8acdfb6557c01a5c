"""A group whose members were seen joining."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.models import ModelVersion
from tests.storage import given
from tests.storage.moderation.standing.authors import ANN, BOB


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    """The version that serves; in the group of the tests, Ann and Bob were seen joining."""
    given.joined(engine, ANN, BOB)
    return given.version(engine)
