"""What the tests of the classifier share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from classifier import checkpoint
from tests import tiny


@pytest.fixture(autouse=True, scope="module")
def threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """One thread for tiny networks: on a busy machine two spend fifty times as long waiting for each other."""
    before = torch.get_num_threads()
    if request.node.get_closest_marker("weights") is None:
        torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    return tmp_path / "v1"
