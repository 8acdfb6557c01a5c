"""The gate reads everyday sentences of every script with both versions, whatever seed set they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.errors import CheckpointError
from classifier.thresholds import Thresholds
from storage.models import ModelVersion
from tests import tiny
from tests.conftest import AddVersion
from tests.replaced import replace_whole
from training.data.datasets import Example, Split
from training.data.snapshot import Snapshot
from training.fit import ngrams
from training.fit.recipe import TrainConfig
from training.lifecycle import gate, gate_scripts
from training.lifecycle.gate_decision import Gate
from training.lifecycle.gate_evidence import Scores

SPAM = [f"Удалённый заработок от {n} рублей в день, пишите в личные сообщения" for n in range(40)]
HAM = [f"see you at {n} then, I bring the cake and the plates" for n in range(40)]
RUSSIAN_HAM = [f"Кто завтра идёт на лекцию в {n}? Займите место, пожалуйста" for n in range(40)]
LEARNED = [*(Example(text, True, "file") for text in SPAM), *(Example(text, False, "file") for text in HAM)]


def version(add: AddVersion, engine: Engine, name: str, examples: Sequence[Example]) -> ModelVersion:
    """A version whose n-grams alone decide, fitted to these examples."""
    made: Checkpoint = replace(
        tiny.checkpoint(),
        ngram_model=ngrams.fit(examples, TrainConfig()),
        blend=Blend(20.0, network_share=0.0),
        thresholds=Thresholds(0.5, 0.99),
    )
    return add(engine, name, promoted=False, made=made)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


def examined(
    models: Path, served: Sequence[ModelVersion], challenger: ModelVersion, hold_out: Sequence[Example]
) -> Gate:
    snapshot = Snapshot(Split([], [], list(hold_out)), 0, "")
    return gate.examine(models, served, challenger, snapshot, [], snapshot.split.hold_out, Scores([0.9, 0.1], 0.5, 0.9))


HOLD_OUT = [Example(SPAM[0] + " прямо сейчас", True, "file"), Example(HAM[0] + " as well", False, "file")]


def test_spam_of_one_script_and_no_ham_of_it_does_not_pass_with_an_operators_own_seed_set(
    sqlite_engine: Engine, add_version: AddVersion, models: Path
) -> None:
    even = [*LEARNED, *(Example(text, False, "file") for text in RUSSIAN_HAM)]
    champion = version(add_version, sqlite_engine, "v1", even)
    challenger = version(add_version, sqlite_engine, "v2", LEARNED)
    decision = examined(models, [champion], challenger, HOLD_OUT)
    assert not decision.passes
    assert any("everyday messages in Cyrillic letters" in reason for reason in decision.reasons), decision.reasons
    assert set(decision.figures["suspected_scripts"]) == {"CYRILLIC"}


def test_the_same_with_ham_of_the_script_passes(sqlite_engine: Engine, add_version: AddVersion, models: Path) -> None:
    even = [*LEARNED, *(Example(text, False, "file") for text in RUSSIAN_HAM)]
    champion = version(add_version, sqlite_engine, "v1", even)
    challenger = version(add_version, sqlite_engine, "v2", even)
    decision = examined(models, [champion], challenger, HOLD_OUT)
    assert (decision.passes, decision.reasons, decision.figures["suspected_scripts"]) == (True, [], {})


def test_a_replaced_version_is_not_compared_with_and_no_replaced_one_passes(
    sqlite_engine: Engine, add_version: AddVersion, models: Path
) -> None:
    before, champion, challenger = (add_version(sqlite_engine, f"v{n}", promoted=False) for n in (1, 2, 3))
    replace_whole(models, "v2")
    assert examined(models, [champion, before], challenger, HOLD_OUT).figures["compared_with"] == "v1"
    replace_whole(models, "v3")
    with pytest.raises(CheckpointError, match="not the one that was registered"):
        examined(models, [before], challenger, HOLD_OUT)


def test_the_starter_sentences_that_a_run_holds_out_are_those_that_are_read() -> None:
    held_out = [Example("tomorrow at nine", False, "starter"), Example("easy money", True, "starter"), *HOLD_OUT]
    assert gate_scripts.everyday(held_out) == ["tomorrow at nine"]


def test_without_them_some_of_each_script_are_read() -> None:
    read = gate_scripts.everyday(HOLD_OUT)
    spelt = [gate_scripts.script_of(text) for text in read]
    assert {"LATIN", "CYRILLIC", "ARABIC", "CJK", "DEVANAGARI", "HANGUL"} <= set(spelt)
    assert max(spelt.count(script) for script in spelt) == gate_scripts.READ
