"""A run's version beside the champion: refused with its reasons, or compared with what is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.learning import versions
from storage.session import transaction
from tests.conftest import AddVersion
from tests.training.given_ham import a_chat
from tests.training.lifecycle.given_runs import CONFIG, run
from training.lifecycle.retrain import Workshop

pytestmark = pytest.mark.stories


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
    assert "`hamlet promote v2` promotes it anyway" in worse.gate["reasons"][-1]


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
