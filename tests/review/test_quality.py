"""The page of quality: figures, thresholds, false positives among presumed ham."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.intervals import at_most
from storage.learning import versions
from storage.session import reading, transaction
from storage.views import quality
from tests.review.site import Site, as_moderator, in_two_chats
from tests.storage import given


def test_the_figures_are_those_of_the_decisions(engine: Engine) -> None:
    model = given.version(engine)
    scores = [0.9, 0.95, 0.8, 0.1, 0.2, 0.3]
    made = [given.verdict(engine, model, given.incoming(f"m{i}", i), s, 1.0) for i, s in enumerate(scores, 1)]
    for verdict, is_spam in zip(made[:5], [True, True, False, True, False], strict=True):
        given.corrected(engine, verdict, "web:ann", is_spam)
    given.corrected(engine, made[0], "web:bob", True)
    with reading(engine) as session:
        figures = quality.of(session, 7, None)
        assert quality.of(session, 7, (99,)).counts.judged == 0
    total = figures.counts
    assert (total.judged, total.flagged, total.confirmed, total.wrong, total.missed) == (6, 3, 2, 1, 1)
    assert figures.precision is not None
    assert figures.precision.value == pytest.approx(2 / 3)
    assert figures.precision.low < 2 / 3 < figures.precision.high
    assert figures.audited is not None
    assert (figures.audited.value, figures.audited.n) == (0.5, 2)
    assert figures.recall is not None
    assert figures.recall.value == pytest.approx(2 / (2 + 3 * 0.5))
    assert figures.agreement is not None
    assert figures.agreement.value == 1.0
    assert figures.f1 == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert figures.thresholds[0] == (5, 2, 0)
    assert figures.thresholds[85] == (2, 0, 1)


def test_the_quality_page_says_what_is_missing_and_what_a_threshold_does(site: Site) -> None:
    assert "Nothing was judged" in site.get("/quality").text
    [verdict, _] = in_two_chats(site)
    assert "decide some of the audit" in site.get("/quality").text
    given.corrected(site.engine, verdict, "web:ann", True)
    shown = site.get("/quality?days=30&threshold=0.99&chat=1").text
    assert '<strong id="missed">1</strong>' in shown


def measured(site: Site) -> None:
    """The champion was measured on presumed ham of two chats."""
    chats = {"1": {"examples": 300, "flagged": 3, "acted": 0}, "2": {"examples": 100, "flagged": 1, "acted": 1}}
    with transaction(site.engine) as session:
        versions.named(session, "v1").metrics = {"presumed": {"chats": chats}}


def test_false_positives_among_presumed_ham_are_shown_with_their_bounds_of_all_chats_or_one(site: Site) -> None:
    in_two_chats(site)
    assert "None here that v1 was measured on" in site.get("/quality").text
    measured(site)
    shown = site.get("/quality").text
    assert "Of 400 messages of members in good standing" in shown
    assert f"it flags <strong>4</strong> (at most {100 * at_most(4, 400):.2f} % in truth" in shown
    assert f"act on <strong>1</strong> (at most {100 * at_most(1, 400):.2f} %" in shown
    assert "Of 300 messages of members in good standing" in site.get("/quality?chat=1").text


def test_a_moderator_sees_them_of_their_own_chats(site: Site) -> None:
    in_two_chats(site)
    measured(site)
    as_moderator(site, 2)
    assert "Of 100 messages of members in good standing" in site.get("/quality").text
    assert "Of 100 messages of members in good standing" in site.get("/quality?chat=1").text
