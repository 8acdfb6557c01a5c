"""A version is made again from the examples that it learned, or the reason why it cannot be is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier import files
from storage.learning import erasure, snapshots, versions
from storage.models import ModelVersion
from storage.privacy import members
from storage.session import reading, transaction
from tests.conftest import AddVersion
from tests.training.given_ham import a_chat
from tests.training.lifecycle.given_runs import CONFIG, Quiet, correct, csv, run
from training.errors import (
    NotRebuildable,
)
from training.lifecycle import rebuild
from training.lifecycle.retrain import RunRequest, Workshop, retrain

pytestmark = pytest.mark.stories


def test_a_version_knows_its_lineage(workshop: Workshop, data: Path, add_version: AddVersion) -> None:
    add_version(workshop.engine, "v1")
    correct(workshop, "a message of a kind unseen", True, versions_of(workshop)[0])
    version = run(workshop, data)
    made = version.provenance
    assert (version.parent, made["config_hash"], made["corrections"]) == ("v1", CONFIG.hash, 1)
    assert made["code_revision"]
    assert version.snapshot_id is not None
    with reading(workshop.engine) as session:
        (item,) = snapshots.items(session, version.snapshot_id)
    assert (item.is_spam, item.weight, len(item.text_hash)) == (True, 1.0, 64)


def again(workshop: Workshop, data: Path, version: ModelVersion) -> ModelVersion:
    return retrain(workshop, Quiet(), rebuild.config_of(version), RunRequest("a test", data, like=version.name))


def test_a_version_can_be_made_again_when_moderators_have_taught_more(workshop: Workshop, data: Path) -> None:
    first = run(workshop, data)
    correct(workshop, "a message of a kind unseen", True, first)
    second = run(workshop, data)
    correct(workshop, "another message, of another kind", True, first)
    made = again(workshop, data, second)
    heads = [files.sha256_of(workshop.models / v.name / "head.safetensors") for v in (second, made)]
    assert heads[0] == heads[1]
    assert (made.examples_hash, made.metrics["corrections"]) == (second.examples_hash, 1)


def test_a_version_whose_text_was_erased_or_with_another_seed_set_cannot_be_made_again(
    workshop: Workshop, data: Path, tmp_path: Path
) -> None:
    first = run(workshop, data)
    correct(workshop, "a message of a kind unseen", True, first)
    second = run(workshop, data)
    other = csv(tmp_path / "other.csv", data.read_text().splitlines()[2:])
    with pytest.raises(NotRebuildable, match="the seed set is another one"):
        again(workshop, other, second)
    with transaction(workshop.engine) as session:
        erasure.erase(session, [1])
    with pytest.raises(NotRebuildable, match="1 of its corrections' texts were erased"):
        again(workshop, data, second)


def test_a_recipe_that_lacks_what_todays_has_is_not_filled_in(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    assert rebuild.config_of(version) == CONFIG
    stored = {name: value for name, value in version.provenance["config"].items() if name != "encoder"}
    version.provenance = {**version.provenance, "config": stored}
    with pytest.raises(
        NotRebuildable, match=r"v1 cannot be made again: its recipe is of another release and has no encoder"
    ):
        rebuild.config_of(version)


def versions_of(workshop: Workshop) -> list[ModelVersion]:
    with reading(workshop.engine) as session:
        return versions.every(session)


def test_a_version_that_learned_presumed_ham_can_be_made_again_until_some_of_it_is_forgotten(
    workshop: Workshop, data: Path
) -> None:
    a_chat(workshop.engine, members=4, messages=12)
    first = run(workshop, data)
    a_chat(workshop.engine, members=6, messages=12)
    made = again(workshop, data, first)
    heads = [files.sha256_of(workshop.models / v.name / "head.safetensors") for v in (first, made)]
    assert (heads[0], made.examples_hash) == (heads[1], first.examples_hash)
    with transaction(workshop.engine) as session:
        members.forget(session, 1)
        assert versions.named(session, first.name).erased_texts > 0
    with pytest.raises(NotRebuildable, match="of the messages that it presumed ham were erased or edited"):
        again(workshop, data, first)
    later = run(workshop, data)
    assert later.erased_texts == 0
