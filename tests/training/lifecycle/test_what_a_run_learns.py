"""What moderators taught and what is presumed ham, in a whole run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import count
from tests.training.given_ham import a_chat
from tests.training.lifecycle.given_runs import correct, run
from training.lifecycle.retrain import Workshop

pytestmark = pytest.mark.stories


def test_an_accepted_correction_is_learned_from(workshop: Workshop, data: Path) -> None:
    first = run(workshop, data)
    correct(workshop, "a message of a kind unseen", True, first)
    second = run(workshop, data)
    assert (first.metrics["corrections"], second.metrics["corrections"]) == (0, 1)
    assert first.examples_hash != second.examples_hash


def test_a_proposed_correction_is_not_learned_from(workshop: Workshop, data: Path) -> None:
    first = run(workshop, data)
    correct(workshop, "a message of a kind unseen", True, first, is_moderator=False)
    second = run(workshop, data)
    assert (second.metrics["corrections"], second.examples_hash) == (0, first.examples_hash)


def test_a_run_learns_presumed_ham_measures_with_a_fifth_of_it_and_says_so(workshop: Workshop, data: Path) -> None:
    a_chat(workshop.engine, members=4, messages=12)
    version = run(workshop, data)
    counts, measured = version.provenance["snapshot"]["presumed"], version.metrics["presumed"]
    assert counts["found"] >= counts["learned"] == version.provenance["presumed"] > 20
    assert measured["examples"] == counts["held_out"] > 3
    assert measured["flagged"] <= measured["examples"] * measured["flagged_upper_bound_95"]
    assert list(measured["chats"]) == ["1"]
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
