"""A directory that somebody replaced together with its manifest is refused as a damaged one is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from structlog.testing import capture_logs

from classifier import files
from classifier.files import MANIFEST
from storage.models import ModelVersion
from storage.session import transaction
from tests.conftest import AddVersion
from tests.replaced import replace_whole
from tests.storage import given
from tests.worker.champions import both, name
from worker.champion import Champion


@pytest.fixture
def two(engine: Engine, add_version: AddVersion) -> None:
    """v2 serves, and v1 served before it."""
    for number in ("v1", "v2"):
        add_version(engine, number)


@pytest.mark.usefixtures("two")
def test_a_replaced_champion_gives_way_to_the_version_before_it(champion: Champion, models: Path) -> None:
    replace_whole(models, "v2")
    assert files.is_whole(models / "v2")
    with capture_logs() as logged:
        assert name(champion) == "v1"
    [refusal] = [line for line in logged if line["event"] == "model version refused"]
    assert "manifest.json is not the one that was registered" in refusal["reason"]
    assert "back from a backup" in refusal["reason"]


def test_a_replaced_shadow_is_refused_and_the_champion_serves_on(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    given.in_shadow(engine, "v2")
    replace_whole(models, "v2")
    assert both(champion) == ("v1", None)


@pytest.mark.usefixtures("two")
def test_a_manifest_that_says_the_same_in_another_layout_is_the_same(champion: Champion, models: Path) -> None:
    content = files.read_json(models / "v2" / MANIFEST)
    (models / "v2" / MANIFEST).write_text(json.dumps(dict(reversed(content.items()))))
    assert name(champion) == "v2"


@pytest.mark.usefixtures("two")
def test_a_version_from_before_the_hashes_loads_as_it_did(engine: Engine, champion: Champion, models: Path) -> None:
    with transaction(engine) as session:
        session.execute(update(ModelVersion).values(manifest_hash=None))
    replace_whole(models, "v2", review=0.125)
    serving = champion.current()
    assert serving is not None
    assert (serving.name, serving.classifier.thresholds.review) == ("v2", 0.125)
