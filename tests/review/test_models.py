"""The pages of model versions: what they tell, and who may change what serves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.models import ModelVersion, RunState, VersionState
from storage.queries import pruning, runs, snapshots, versions
from storage.queries.versions import NewVersion
from storage.session import reading, transaction
from tests.review.site import Site
from tests.storage import given

EVIL = '<script>alert("&1")</script>'
METRICS = {
    "hold_out": {"f1": 0.9, "examples": 1_058, "confusion": {"false_spam": 2, "false_ham": 6}, "precision": 0.98},
    "baselines": {"naive_bayes": {"f1": 0.8}}, "corrections": 12,
}  # fmt: skip


def add(site: Site, name: str, promoted: bool = False) -> None:
    made = {"config_hash": "abc", "config": {"seed": 7, "base_model": "small"}, "code_revision": "f00d", "seconds": 61}
    with transaction(site.engine) as session:
        versions.register(session, NewVersion(name, 0.3, 0.6, "5" * 64, METRICS, parent="v0", provenance=made))
        if promoted:
            versions.promote(session, name, "a test")
    folder = models_of(site) / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text('{"head.safetensors": "0"}')
    (folder / "head.safetensors").touch()


def models_of(site: Site) -> Path:
    folder: Path = site.client.app.state.models  # type: ignore[attr-defined]  # the site's application
    return folder


def lose_files(site: Site, name: str) -> None:
    (models_of(site) / name / "head.safetensors").unlink()


def champion(site: Site) -> str | None:
    with reading(site.engine) as session:
        found = versions.champion(session)
        return found.name if found else None


def judged(site: Site, name: str, state: VersionState, **gate: object) -> None:
    with transaction(site.engine) as session:
        versions.judge(session, versions.named(session, name).id, gate, state)


@pytest.fixture
def two(site: Site) -> Site:
    """v1 served, v2 serves."""
    add(site, "v1", promoted=True)
    add(site, "v2", promoted=True)
    return site


def test_a_version_tells_what_it_learned_as_presumed_ham(two: Site) -> None:
    ham = {"found": 90, "learned": 70, "held_out": 17, "left_out": {"near spam that is known": 4}}
    with transaction(two.engine) as session:
        kept = snapshots.store(session, "5" * 64, "e" * 64, {"learned": 3, "held_out": 1, "presumed": ham}, [])
        versions.named(session, "v2").snapshot_id = kept
    shown = two.get("/models/v2").text
    assert "70 learned from, 17 measured with; 4 left out: near spam that is known" in shown
    assert "presumed ham" not in two.get("/models/v1").text


# Who may look


@pytest.mark.parametrize("path", ["/models", "/models/v1", "/models/runs", "/models/v1/promote", "/models/rollback"])
def test_a_stranger_is_asked_to_log_in(stranger: Site, path: str) -> None:
    assert stranger.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/models/retrain", "/models/rollback", "/models/v1/promote"])
def test_a_form_of_another_site_is_not_taken(two: Site, path: str) -> None:
    assert two.post(path, csrf_token="guessed", champion="v2").status_code == 403
    assert champion(two) == "v2"
    assert given.values(two.engine, runs.Run.id) == []


# What they tell


def test_without_a_version_the_page_says_what_to_do(site: Site) -> None:
    page = site.get("/models").text
    assert "No version serves yet" in page
    assert "None yet. One starts by itself" in page


def test_the_page_tells_who_serves_and_what_the_gate_said(two: Site) -> None:
    add(two, "v3")
    judged(two, "v3", VersionState.REJECTED, passes=False, reasons=["acts on 9 held-out ham", EVIL])
    page = two.get("/models").text
    assert re.search(r"v2</a> serves", page)
    assert "0.900" in page
    assert "The gate: refused: acts on 9 held-out ham" in page
    assert EVIL not in page


def test_the_shadow_is_told_with_what_it_saw(two: Site) -> None:
    given.verdict(two.engine, two_champion(two))
    given.in_shadow(two.engine, "v3")
    with transaction(two.engine) as session:
        model = versions.named(session, "v3")
    given.shadowed(two.engine, model, 0.1)
    page = two.get("/models").text
    assert "judges in the shadow" in page
    assert "So far 1 messages; it flags 0 of them, the champion 1." in page
    assert "/review?show=disagreements" in page


def two_champion(site: Site) -> ModelVersion:
    with reading(site.engine) as session:
        found = versions.champion(session)
        assert found is not None
        return found


def test_a_version_tells_where_it_comes_from(two: Site) -> None:
    page = two.get("/models/v2").text
    for word in ("abc, seed 7, base model small", "f00d", "5" * 64, "naive bayes", "0.8000", "in 61 s"):
        assert word in page, word


def test_an_unknown_version_is_not_found(two: Site) -> None:
    for path in ("/models/v9", "/models/v9/promote"):
        assert two.get(path).status_code == 404
    assert two.post("/models/v9/promote", champion="v2").status_code == 404


# Runs


def test_retraining_is_asked_for_once(site: Site) -> None:
    for _ in range(2):
        answer = site.post("/models/retrain")
        assert (answer.status_code, answer.headers["location"]) == (303, "/models#runs")
    with reading(site.engine) as session:
        [run] = runs.newest(session)
    assert (run.state, run.asked_by) == (RunState.ASKED, "ann (review site)")
    assert "<strong>Waits</strong>" in site.get("/models").text


def test_an_open_run_tells_how_far_it_is_until_it_ends(site: Site) -> None:
    with transaction(site.engine) as session:
        run_id = runs.begin(session, EVIL).id
        runs.advance(session, run_id, "Fine-tuning", 3, 9)
    page = site.get("/models/runs").text
    assert 'data-open="true"' in page
    assert "3 of 9" in page
    assert EVIL not in page
    with transaction(site.engine) as session:
        runs.end(session, run_id, None, EVIL)
    page = site.get("/models/runs").text
    assert "data-open" not in page
    assert "Failed" in page
    assert EVIL not in page


# Who serves


def test_promoting_asks_first_and_then_does_it(two: Site) -> None:
    add(two, "v3")
    judged(two, "v3", VersionState.REJECTED, passes=False, reasons=["too bold"])
    asked = two.get("/models/v3/promote").text
    assert "refused: too bold" in asked
    assert "Promote v3 all the same" in asked
    assert champion(two) == "v2"
    assert two.post("/models/v3/promote", champion="v2").status_code == 303
    assert champion(two) == "v3"
    assert two_champion(two).promoted_by == "ann (review site)"


def test_promoting_twice_is_once_and_a_stale_page_changes_nothing(two: Site) -> None:
    for name in ("v3", "v4"):
        add(two, name)
    assert two.post("/models/v3/promote", champion="v2").status_code == 303
    assert two.post("/models/v3/promote", champion="v2").status_code == 303, "the second press of one button"
    stale = two.post("/models/v4/promote", champion="v2")
    assert stale.status_code == 409
    assert "Somebody was faster: v3 serves now" in stale.text
    assert champion(two) == "v3"
    with reading(two.engine) as session:
        states = list(session.scalars(select(ModelVersion.state).where(ModelVersion.state == VersionState.CHAMPION)))
    assert len(states) == 1


def test_a_version_without_its_files_cannot_be_promoted(two: Site) -> None:
    with transaction(two.engine) as session:
        pruning.mark(versions.named(session, "v1"))
    assert two.get("/models/v1/promote").status_code == 409
    assert two.post("/models/v1/promote", champion="v2").status_code == 409
    assert champion(two) == "v2"


def test_a_version_whose_files_are_gone_is_marked_and_offered_to_nobody(two: Site) -> None:
    add(two, "v3")
    assert 'href="/models/v3/promote"' in two.get("/models").text
    lose_files(two, "v3")
    page = two.get("/models").text
    assert page.count("its files are gone from HAMLET_HOME") == 1
    assert 'href="/models/v3/promote"' not in page
    assert "Its files are gone from HAMLET_HOME" in two.get("/models/v3").text
    assert "are gone" not in two.get("/models/v2").text
    assert two.get("/models/v3/promote").status_code == 409
    assert "are gone from HAMLET_HOME" in two.post("/models/v3/promote", champion="v2").text
    assert champion(two) == "v2"


def test_a_champion_whose_files_are_gone_says_so(two: Site) -> None:
    lose_files(two, "v2")
    assert "a worker that starts cannot load it" in two.get("/models").text


def test_rolling_back_passes_over_a_version_whose_files_are_gone(two: Site) -> None:
    add(two, "v3", promoted=True)
    lose_files(two, "v2")
    assert "Roll back to v1 …" in two.get("/models").text
    assert "Roll back to v1?" in two.get("/models/rollback").text
    two.post("/models/rollback", champion="v3")
    assert champion(two) == "v1"


def test_rolling_back_asks_first_and_goes_back_once(two: Site) -> None:
    assert "Roll back to v1?" in two.get("/models/rollback").text
    assert two.post("/models/rollback", champion="v2", reason=EVIL).status_code == 303
    assert champion(two) == "v1"
    assert two.post("/models/rollback", champion="v2").status_code == 409, "the second press of one button"
    page = two.get("/models").text
    assert "taken back by ann (review site)" in page
    assert EVIL not in page


def test_with_nothing_to_go_back_to_it_says_so(site: Site) -> None:
    add(site, "v1", promoted=True)
    assert "Roll back" not in site.get("/models").text
    assert site.get("/models/rollback").status_code == 409
    assert site.post("/models/rollback", champion="v1").status_code == 409
    assert champion(site) == "v1"
