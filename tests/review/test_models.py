"""The pages of model versions: what they tell, and who may change what serves."""

from __future__ import annotations

import re

import pytest

from storage.learning import runs, snapshots, versions
from storage.models import RunState, VersionState
from storage.session import reading, transaction
from tests.review.site import Site
from tests.review.versions import add, champion, champion_row, judged
from tests.storage import given

EVIL = '<script>alert("&1")</script>'


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
    assert "None yet. One starts automatically" in page


def test_the_page_tells_who_serves_and_what_the_gate_said(two: Site) -> None:
    add(two, "v3")
    judged(two, "v3", VersionState.REJECTED, passes=False, reasons=["acts on 9 held-out ham", EVIL])
    page = two.get("/models").text
    assert re.search(r"v2</a> serves", page)
    assert "0.900" in page
    assert "The gate: refused: acts on 9 held-out ham" in page
    assert EVIL not in page


def test_the_shadow_is_told_with_what_it_saw(two: Site) -> None:
    given.verdict(two.engine, champion_row(two))
    given.in_shadow(two.engine, "v3")
    with transaction(two.engine) as session:
        model = versions.named(session, "v3")
    given.shadowed(two.engine, model, 0.1)
    page = two.get("/models").text
    assert "judges in shadow" in page
    assert "So far 1 messages; it flags 0 of them, the champion 1." in page
    assert "/review?show=disagreements" in page


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
    assert "<strong>Waiting</strong>" in site.get("/models").text


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
