"""A version's page tells what it learned from, and what it found of each part of what it was measured with."""

from __future__ import annotations

import re
from typing import Any

from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.session import transaction
from tests.review.site import Site

SMS = {"examples": 1_115, "precision": 0.99, "f1": 0.97}
STARTER = {"examples": 1_839, "precision": 0.9, "f1": 0.8}


def shown(site: Site, metrics: dict[str, Any], made: dict[str, Any]) -> str:
    new = NewVersion("v1", 0.3, 0.6, "5" * 64, {"hold_out": {"examples": 2_954}, **metrics}, provenance=made)
    with transaction(site.engine) as session:
        versions.register(session, new)
    return site.get("/models/v1").text


def test_hold_outs_of_the_sms_collection_and_of_the_starter_set_are_told_apart(site: Site) -> None:
    page = shown(site, {"hold_outs": {"starter": STARTER, "seed": SMS}, "baselines": {"naive_bayes": SMS}}, {})
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]*)</td>', page)
    assert rows == [
        ("v1", ""),
        ("of these, SMS collection 1,115", "0.9900"),
        ("of these, starter set 1,839", "0.9000"),
        ("naive bayes", "0.9900"),
    ]


def test_what_it_learned_from_is_counted(site: Site) -> None:
    page = shown(site, {}, {"origins": {"presumed": 700, "starter": 6_444, "seed": 3_744}})
    assert "<dt>learned from</dt><dd>SMS collection 3,744, starter set 6,444, presumed ham 700</dd>" in page


def test_a_version_of_before_is_shown_all_the_same(site: Site) -> None:
    page = shown(site, {"baselines": {}}, {})
    assert "of these" not in page
    assert "learned from" not in page
