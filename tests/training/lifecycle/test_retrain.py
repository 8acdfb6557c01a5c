"""A whole run on a tiny base model: it registers a version that loads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from classifier import checkpoint, files
from classifier.spam import SpamClassifier
from storage.learning import runs
from storage.models import RunState
from storage.session import reading
from storage.shared_models import ModelsUnreachable, SharedModels
from tests.classifier.encoders import tiny_encoder
from tests.conftest import count
from tests.training.lifecycle.given_runs import CONFIG, WORDS, Quiet, csv, run
from training.data.labelled_tables import read_labelled
from training.data.snapshot import snapshot
from training.fit import encoders
from training.fit.evaluate import measure
from training.fit.thresholds import Scored
from training.lifecycle.retrain import RunRequest, Workshop, retrain

pytestmark = pytest.mark.stories


def test_a_run_registers_a_challenger_whose_directory_loads(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    loaded = checkpoint.load(workshop.models / version.name)
    assert (version.name, version.state) == ("v1", "challenger")
    assert (loaded.thresholds.review, loaded.thresholds.act) == (version.review_threshold, version.act_threshold)
    assert loaded.metrics["hold_out"] == version.metrics["hold_out"]
    assert count(workshop.engine, "model_versions") == 1


def test_plots_and_a_card_are_written_beside_the_version(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    report = workshop.models / version.name / "report"
    names = ["accuracy.svg", "calibration.svg", "confusion.svg", "curves.svg", "loss.svg", "model-card.md"]
    assert sorted(path.name for path in report.iterdir()) == names
    assert all(ElementTree.parse(path).getroot().tag.endswith("svg") for path in report.glob("*.svg"))
    card = (report / "model-card.md").read_text(encoding="utf-8")
    assert f"{version.metrics['hold_out']['f1']:.4f}" in card
    assert all(name.replace("_", " ") in card for name in version.metrics["baselines"])


def test_the_evidence_of_acting_is_kept_with_the_version(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    act = version.metrics["act"]["normal"]
    assert 0 < act["ham"] < len(WORDS)
    assert act["hit"] <= act["ham"] * act["upper_bound_95"]
    assert checkpoint.load(workshop.models / version.name).thresholds.act_at("strict") >= version.review_threshold


def cached(workshop: Workshop) -> list[tuple[int, bytes]]:
    """Every entry of the feature cache; one that is written again gets another number."""
    with closing(sqlite3.connect(workshop.settings.cache / "features.sqlite")) as database:
        return database.execute("SELECT rowid, key FROM features ORDER BY rowid").fetchall()


def test_a_warm_cache_gives_the_same_version_as_a_cold_one(workshop: Workshop, data: Path) -> None:
    names, stored = [], []
    for _ in range(2):
        names.append(run(workshop, data).name)
        stored.append(cached(workshop))
    assert stored[0] == stored[1] != [], "the cache had everything"
    heads = {files.sha256_of(workshop.models / name / "head.safetensors") for name in names}
    wides = {files.sha256_of(workshop.models / name / "wide.safetensors") for name in names}
    assert len(heads) == len(wides) == 1


def test_a_version_tells_what_it_was_made_of(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    made = checkpoint.load(workshop.models / version.name).training
    assert (made["examples_hash"], made["config_hash"]) == (version.examples_hash, CONFIG.hash)
    assert sum(made["examples"].values()) == len(WORDS)
    assert made["config"]["seed"] == CONFIG.seed


def test_a_run_learns_what_it_is_shown(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data, replace(CONFIG, epochs=6))
    classifier = SpamClassifier.load(workshop.models / version.name)
    spam, ham = classifier.score(["win £££ now xyz", "see you at home xyz"])
    assert ham < classifier.thresholds.review <= spam
    assert version.metrics["hold_out"]["f1"] == 1.0


def test_the_figures_are_those_of_the_saved_network(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    held = snapshot(read_labelled(data), [], datetime.now(UTC), None).split.hold_out
    classifier = SpamClassifier.load(workshop.models / version.name)
    scores = classifier.score([example.text for example in held])
    figures = measure(Scored(scores, [example.is_spam for example in held]), classifier.thresholds)
    assert figures["confusion"] == version.metrics["hold_out"]["confusion"]


def test_the_watcher_is_told_every_step(workshop: Workshop, data: Path) -> None:
    watcher = Quiet()
    retrain(workshop, watcher, CONFIG, RunRequest("a test", data))
    assert watcher.done == watcher.totals
    assert [stage.split()[0] for stage in watcher.stages] == [
        "Collecting",
        "Reading",
        "Reading",
        "Fine-tuning",
        "Fitting",
        "Reading",
        "Writing",
        "Comparing",
    ]
    assert [sentence[:8] for sentence in watcher.said] == ["epoch 1:", "epoch 2:"]


def test_the_same_examples_and_seed_give_the_same_version(workshop: Workshop, data: Path) -> None:
    one, other = run(workshop, data), run(workshop, data)
    heads = [files.sha256_of(workshop.models / version.name / "head.safetensors") for version in (one, other)]
    assert one.examples_hash == other.examples_hash
    assert heads[0] == heads[1]


def test_a_run_tells_in_its_row_how_it_ended(workshop: Workshop, data: Path) -> None:
    version = run(workshop, data)
    with reading(workshop.engine) as session:
        (row,) = runs.newest(session)
    assert (row.state, row.asked_by, row.model_version_id) == (RunState.DONE, "a test", version.id)
    assert (row.stage, row.ended_at is not None) == ("Comparing it with the champion", True)


def test_a_run_with_an_encoder_makes_a_version_of_all_parts(workshop: Workshop, data: Path) -> None:
    encoders.store(tiny_encoder(), encoders.folder_of("some/tiny", workshop.settings.cache))
    version = run(workshop, data, replace(CONFIG, encoder="some/tiny", encoder_networks=1, encoder_units=8))
    loaded = checkpoint.load(workshop.models / version.name)
    assert loaded.encoder is not None
    assert loaded.encoder.config == tiny_encoder().config
    assert loaded.blend.encoder_share > 0
    held = snapshot(read_labelled(data), [], datetime.now(UTC), None).split.hold_out
    classifier = SpamClassifier(loaded)
    scores = classifier.score([example.text for example in held])
    figures = measure(Scored(scores, [example.is_spam for example in held]), classifier.thresholds)
    assert figures["log_loss"] == pytest.approx(version.metrics["hold_out"]["log_loss"], abs=0.01)
    assert figures["confusion"] == version.metrics["hold_out"]["confusion"]


def test_a_hurried_run_learns_from_a_part_of_a_large_set_and_from_all_of_a_small_one(
    workshop: Workshop, tmp_path: Path, data: Path
) -> None:
    drawn = Random(7)
    words = [" ".join("".join(drawn.choices("abcdefghij", k=6)) for _ in range(6)) for _ in range(4_200)]
    rows = [f"win £££ {text},spam" if i % 4 == 0 else f"at home {text},ham" for i, text in enumerate(words)]
    large = csv(tmp_path / "large.csv", rows)
    of_large, of_small = (
        retrain(workshop, Quiet(), CONFIG, RunRequest("a test", file, hurried=True)) for file in (large, data)
    )
    assert of_large.provenance["config_hash"] == CONFIG.hurried.hash
    assert of_large.metrics["hold_out"]["examples"] == CONFIG.hurried.measured_examples
    assert of_large.gate is not None
    assert of_large.gate["passes"]
    assert of_small.provenance["config_hash"] == CONFIG.hash


def test_a_version_is_published_and_judges_alike_on_another_machine(
    workshop: Workshop, data: Path, tmp_path: Path
) -> None:
    address = f"file://{tmp_path / 'shared'}"
    version = run(replace(workshop, url=address), data)
    elsewhere = SharedModels(tmp_path / "elsewhere", address).fetch(version.name)
    assert version.manifest_hash is not None
    here, there = (
        SpamClassifier.load(folder, registered=version.manifest_hash)
        for folder in (workshop.models / version.name, elsewhere)
    )
    assert there.score(["win now"]) == here.score(["win now"])


def test_a_version_that_cannot_be_published_does_not_serve(workshop: Workshop, data: Path) -> None:
    with pytest.raises(ModelsUnreachable, match="v1 cannot be copied there"):
        run(replace(workshop, url="nowhere://bucket"), data)
    with reading(workshop.engine) as session:
        assert runs.newest(session)[0].state == RunState.FAILED
