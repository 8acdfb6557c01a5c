"""`hamlet models`, `promote`, `rollback` and `train --now`: what they say, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from classifier import files
from classifier.errors import CheckpointError
from cli import app, learning, promotion, versions
from cli.errors import CommandError
from storage.errors import NothingToRollBackTo, UnknownVersion
from storage.learning import runs, snapshots
from storage.learning import versions as stored
from storage.models import RunState, VersionState
from storage.processes import leases
from storage.session import reading, transaction
from storage.settings import StorageSettings
from tests.cli.conftest import Terminal, Version
from tests.storage import given
from training.lifecycle.lease import LEASE

REFUSED = {"passes": False, "reasons": ["acts on 9 [held-out] ham"], "figures": {"f1_change": -0.02}}


def judged(engine: Engine, name: str, gate: dict[str, object], state: VersionState) -> None:
    with transaction(engine) as session:
        stored.record_gate_decision(session, stored.named(session, name).id, gate, state)


def champion(engine: Engine) -> str | None:
    with reading(engine) as session:
        serves = stored.champion(session)
        return serves.name if serves else None


def test_no_version_is_said(home: Engine, terminal: Terminal) -> None:
    versions.show_all(terminal.console)
    assert "hamlet train" in terminal.said


def test_the_list_tells_what_the_gate_said(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    version("v2")
    judged(home, "v2", REFUSED, VersionState.REJECTED)
    versions.show_all(terminal.console)
    assert "refused: acts on 9 [held-out] ham" in terminal.said
    assert "champion" in terminal.said
    assert "rejected" in terminal.said


def test_a_version_tells_where_it_comes_from(home: Engine, version: Version, terminal: Terminal) -> None:
    made = {
        "config_hash": "abc",
        "config": {"seed": 7, "base_model": "smollm2-135m"},
        "code_revision": "f00d",
        "seconds": 61.5,
        "threads": 2,
        "torch": "2",
        "examples": {"train": 4_000, "hold_out": 500},
        "origins": {"starter": 2_500, "seed": 1_497, "correction": 3},
    }
    presumed = {"found": 90, "learned": 70, "held_out": 17, "left_out": {"near spam that is known": 4}}
    counts = {
        "seed": 5_000,
        "learned": 3,
        "held_out": 1,
        "left_out": {"contradicted": 2, "over_share": 0},
        "presumed": presumed,
    }
    version("v1", promoted=True)
    version("v2")
    with transaction(home) as session:
        row = stored.named(session, "v2")
        row.provenance, row.parent, row.erased_texts = made, "v1", 2
        row.snapshot_id = snapshots.store(session, "5" * 64, "e" * 64, counts, [])
    judged(home, "v2", {"passes": True, "reasons": [], "figures": {"f1_change": 0.0123456}}, VersionState.CHALLENGER)
    versions.show(terminal.console, "v2")
    for word in (
        "v1",
        "abc, seed 7, base model smollm2-135m",
        "f00d",
        "61.5 s, 2 threads",
        "4,000 train, 500 hold-out",
        "SMS collection 1,497, starter set 2,500, corrections 3, presumed ham 0",
        "3 learned",
        "left out: 2 contradicted",
        "passed",
        "0.0123",
        "2 of its texts",
        "naive bayes",
        "90 found, 70 learned, 17 held out; left out: 4 near spam that is known",
    ):
        assert word in terminal.said, word
    assert "over share" not in terminal.said, "what did not happen needs no word"


def test_an_unknown_version_is_refused(home: Engine, terminal: Terminal) -> None:
    with pytest.raises(UnknownVersion, match="hamlet models"):
        versions.show(terminal.console, "v9")


def test_promoting_takes_the_newest_that_waits_or_shadows(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    version("v2")
    judged(home, "v2", {"passes": True}, VersionState.SHADOW)
    promotion.promote(terminal.console, None)
    assert champion(home) == "v2"
    assert "v1 F1 0.5000 -> v2 F1 0.5000" in terminal.said


def test_a_refused_version_is_promoted_by_its_name_only(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    version("v2")
    judged(home, "v2", REFUSED, VersionState.REJECTED)
    with pytest.raises(CommandError, match=r"v2, was refused: acts on 9 .*`hamlet promote v2`"):
        promotion.promote(terminal.console, None)
    assert champion(home) == "v1"
    promotion.promote(terminal.console, "v2")
    assert champion(home) == "v2"
    assert "The gate's decision: refused: acts on 9 [held-out] ham" in terminal.said


def test_rolling_back_serves_the_version_before(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    version("v2", promoted=True)
    promotion.roll_back(terminal.console, "it hits [bold]ham")
    assert champion(home) == "v1"
    versions.show_all(terminal.console)
    assert ": it hits [bold]ham" in terminal.said
    with pytest.raises(NothingToRollBackTo):
        promotion.roll_back(terminal.console, "")


def test_what_another_rolled_back_meanwhile_is_not_rolled_back_once_more(
    home: Engine, version: Version, terminal: Terminal
) -> None:
    for name in ("v1", "v2", "v3"):
        version(name, promoted=True)

    def while_it_looks(directory: Path, registered: str | None) -> bool:
        if champion(home) == "v3":
            with transaction(home) as session:
                stored.roll_back(session, "automatic rollback", "it hits ham")
        return files.is_whole(directory, registered)

    with pytest.raises(CommandError, match="v3 no longer serves"):
        promotion.roll_back(terminal.console, "", while_it_looks)
    assert champion(home) == "v2"


def test_asking_for_a_run_says_what_it_would_overtake(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    given.in_shadow(home, "v2")
    learning.request_run(terminal.console)
    assert "replaces v2, which is in shadow" in terminal.said


def test_a_damaged_version_is_not_rolled_back_to(home: Engine, version: Version, terminal: Terminal) -> None:
    version("v1", promoted=True)
    version("v2", promoted=True)
    (StorageSettings().models / "v1" / "head.safetensors").write_bytes(b"damaged")
    with pytest.raises(CheckpointError):
        promotion.roll_back(terminal.console, "")
    assert champion(home) == "v2"


def test_a_run_is_asked_for_once(home: Engine, terminal: Terminal) -> None:
    learning.request_run(terminal.console)
    learning.request_run(terminal.console)
    with transaction(home) as session:
        [run] = runs.newest(session)
        assert run.state == RunState.ASKED
        leases.take(session, LEASE, "elsewhere:1:a", 60)
        runs.begin(session, "a test")
        runs.advance(session, run.id, "Fine-tuning", 1, 3)
    learning.request_run(terminal.console)
    assert "already under way: Fine-tuning" in terminal.said


@pytest.mark.parametrize(
    "more", [["--seed", "1"], ["--data", "x.csv"], ["--recipe", "course"]], ids=["seed", "data", "recipe"]
)
def test_now_goes_with_nothing_else(home: Engine, more: list[str]) -> None:
    done = CliRunner().invoke(app.app, ["train", "--now", *more])
    assert isinstance(done.exception, CommandError)
    assert "leave --data" in str(done.exception)
