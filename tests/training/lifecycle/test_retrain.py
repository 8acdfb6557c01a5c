"""A whole run on a tiny base model: it registers a version that loads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from classifier import checkpoint, files
from classifier.spam import SpamClassifier
from storage.learning import erasure, pruning, runs, snapshots, versions
from storage.models import ModelVersion, Platform, RunState
from storage.moderation import corrections, inbox, receiving, verdicts
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.privacy import members
from storage.processes import leases
from storage.session import reading, transaction
from tests import tiny
from tests.classifier.encoders import tiny_encoder
from tests.conftest import count
from tests.training.lifecycle.given_runs import CONFIG, WORDS, Quiet, run
from training.data.labelled_tables import read_labelled
from training.data.snapshot import snapshot
from training.fit import encoders
from training.fit.evaluate import measure
from training.fit.thresholds import Scored
from training.lifecycle.retrain import RunRequest, Workshop, retrain

pytestmark = pytest.mark.stories

CONFIG = TrainConfig(
    base_model="tiny",
    encoder="",
    frozen_blocks=2,
    trained_blocks=1,
    epochs=2,
    batch_size=16,
    learning_rate=3e-3,
    products="fp32",
)
WORDS = [f"{a}{b}" * 2 for a in "acegikmoqs" for b in "klmnopqr"]


class Quiet:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.stages: list[str] = []
        self.totals: list[int] = []
        self.done: list[int] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def begin(self, stage: str, total: int) -> None:
        self.stages.append(stage)
        self.totals.append(total)
        self.done.append(0)

    def advance(self, amount: int, note: str = "") -> None:
        self.done[-1] += amount


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


def csv(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    return path


def run(workshop: Workshop, data: Path, config: TrainConfig = CONFIG) -> ModelVersion:
    return retrain(workshop, Quiet(), config, RunRequest("a test", data))


def correct(workshop: Workshop, text: str, is_spam: bool, version: ModelVersion, is_moderator: bool = True) -> None:
    """Have the text judged by `version` and somebody decide on it."""
    number = count(workshop.engine, "messages") + 1
    with transaction(workshop.engine) as session:
        receiving.receive(session, Incoming(Platform.WEB, 1, "chat", number, None, "", text, datetime.now(UTC)))
        holder, (claimed,) = inbox.claim(session, 1, 30)
        inbox.record(session, holder, ScoringVersion(version.id, 0.5, 0.9), [Judgement(claimed.id, claimed.edit, 0.7)])
        verdict_id = verdicts.flagged(session)[0].verdict_id
        corrections.correct(session, Decision(verdict_id, "web:anna", "Anna", is_spam, is_moderator))


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


def test_a_run_that_fails_says_why_in_its_row(workshop: Workshop, data: Path) -> None:
    with pytest.raises(DownloadError):
        run(workshop, data, replace(CONFIG, base_model="unknown"))
    with reading(workshop.engine) as session:
        (row,) = runs.newest(session)
    assert (row.state, "unknown" in (row.error or "")) == (RunState.FAILED, True)


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
        erasure.erase(session, 1)
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
    found = measure(Scored(scores, [example.is_spam for example in held]), classifier.thresholds)
    assert found["log_loss"] == pytest.approx(version.metrics["hold_out"]["log_loss"], abs=0.01)
    assert found["confusion"] == version.metrics["hold_out"]["confusion"]


def test_a_run_with_an_unknown_encoder_leaves_nothing(workshop: Workshop, data: Path) -> None:
    expect_nothing(workshop, data, DownloadError, replace(CONFIG, encoder="unknown"))


def test_without_a_champion_the_gate_has_nothing_to_compare_with(workshop: Workshop, data: Path) -> None:
    gate = run(workshop, data).gate
    assert gate is not None
    assert (gate["passes"], gate["figures"]["champion"], gate["reasons"]) == (True, None, [])


def test_a_challenger_worse_than_the_champion_is_refused_with_its_reasons(workshop: Workshop, data: Path) -> None:
    good = run(workshop, data, replace(CONFIG, epochs=6))
    with transaction(workshop.engine) as session:
        versions.promote(session, good.name, "a test")
    worse = run(workshop, data, replace(CONFIG, learning_rate=1e-9, wide_share=0.0, probe_share=0.0))
    assert (worse.state, worse.gate and worse.gate["passes"]) == ("rejected", False)
    assert worse.gate
    assert worse.gate["figures"]["challenger_f1"] < worse.gate["figures"]["champion_f1"] == 1.0
    assert worse.gate["reasons"][0].startswith("F1 may be")
    assert not any("another seed set" in reason for reason in worse.gate["reasons"])


def test_where_the_champion_was_measured_with_other_texts_the_refusal_says_so(workshop: Workshop, data: Path) -> None:
    good = run(workshop, data, replace(CONFIG, epochs=6))
    with transaction(workshop.engine) as session:
        versions.promote(session, good.name, "a test").provenance = {"measured_seed_hash": "another"}
    worse = run(workshop, data, replace(CONFIG, learning_rate=1e-9, wide_share=0.0, probe_share=0.0))
    assert worse.gate
    assert "`hamlet promote v2` promotes it" in worse.gate["reasons"][-1]


def test_a_champion_that_is_damaged_alone_does_not_keep_a_version_out(
    workshop: Workshop, data: Path, add_version: AddVersion
) -> None:
    add_version(workshop.engine, "v1")
    (workshop.models / "v1" / "head.safetensors").write_bytes(b"")
    gate = run(workshop, data).gate
    assert gate is not None
    assert (gate["passes"], gate["figures"]["champion"], "compared_with" in gate["figures"]) == (True, "v1", False)


def test_beside_a_damaged_champion_the_version_before_it_is_compared_with(workshop: Workshop, data: Path) -> None:
    for epochs in (6, 2):
        served = run(workshop, data, replace(CONFIG, epochs=epochs))
        with transaction(workshop.engine) as session:
            versions.promote(session, served.name, "a test")
    (workshop.models / "v2" / "head.safetensors").write_bytes(b"")
    worse = run(workshop, data, replace(CONFIG, learning_rate=1e-9, wide_share=0.0, probe_share=0.0))
    assert worse.gate
    assert (worse.gate["figures"]["champion"], worse.gate["figures"]["compared_with"]) == ("v2", "v1")
    assert not worse.gate["passes"]


def versions_of(workshop: Workshop) -> list[ModelVersion]:
    with reading(workshop.engine) as session:
        return versions.every(session)


# Presumed ham


def test_a_run_learns_presumed_ham_measures_with_a_fifth_of_it_and_says_so(workshop: Workshop, data: Path) -> None:
    a_chat(workshop.engine, members=4, messages=12)
    version = run(workshop, data)
    counts, found = version.provenance["snapshot"]["presumed"], version.metrics["presumed"]
    assert counts["found"] >= counts["learned"] == version.provenance["presumed"] > 20
    assert found["examples"] == counts["held_out"] > 3
    assert found["flagged"] <= found["examples"] * found["flagged_upper_bound_95"]
    assert list(found["chats"]) == ["1"]
    assert count(workshop.engine, "snapshot_presumed") == counts["learned"] + counts["held_out"]
    card = (workshop.models / version.name / "report" / "model-card.md").read_text(encoding="utf-8")
    assert f"presumed ham {counts['learned']}" in card


def test_without_presumed_ham_a_version_is_what_it_was(workshop: Workshop, data: Path) -> None:
    before = run(workshop, data)
    a_chat(workshop.engine)
    off = replace(workshop, settings=workshop.settings.model_copy(update={"presumed_ham": 0}))
    after = run(off, data)
    assert after.examples_hash == before.examples_hash
    assert "presumed" not in after.metrics


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


def test_the_gate_compares_both_versions_on_the_chats_own_ham(workshop: Workshop, data: Path) -> None:
    a_chat(workshop.engine, members=4, messages=12)
    good = run(workshop, data, replace(CONFIG, epochs=6))
    with transaction(workshop.engine) as session:
        versions.promote(session, good.name, "a test")
    gate = run(workshop, data, replace(CONFIG, epochs=6)).gate
    assert gate is not None
    figures = gate["figures"]
    assert figures["presumed_held_out"] == good.metrics["presumed"]["examples"]
    assert figures["champion_presumed_flagged"] == figures["challenger_presumed_flagged"]
