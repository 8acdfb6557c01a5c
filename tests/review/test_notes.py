"""A note with a decision: the next moderator reads it, and it goes with the message."""

from __future__ import annotations

import pytest

from storage.learning import erasure
from storage.models import Correction
from storage.session import transaction
from tests.review.site import ESCAPED, EVIL, Site, flag
from tests.storage import given


def notes(site: Site) -> list[str | None]:
    return given.values(site.engine, Correction.note)


def test_the_next_moderator_reads_why(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    assert "Note for the next moderator" in site.get(f"/review/{verdict}").text
    site.post(f"/review/{verdict}", is_spam="true", note=f"  a shop {EVIL} ")
    site.log_in("bob")
    shown = site.get(f"/review/{verdict}").text
    assert f'<p class="noted">a shop {ESCAPED}</p>' in shown
    assert EVIL not in shown


def test_a_note_on_a_decision_taken_back_is_still_shown(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", note="looks like the shop from Monday")
    site.post(f"/review/{verdict}/undo")
    shown = site.get(f"/review/{verdict}").text
    assert "earlier:" in shown
    assert "withdrawn" in shown
    assert "looks like the shop from Monday" in shown


def test_a_repeated_decision_keeps_its_note_unless_it_brings_another(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    for note in ("first", "", "second"):
        site.post(f"/review/{verdict}", is_spam="true", note=note)
    assert notes(site) == ["second"]


def test_a_decision_without_a_note_has_none(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", note="   ")
    assert notes(site) == [None]


def test_a_note_that_is_too_long_is_refused_in_words(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    answer = site.post(f"/review/{verdict}", is_spam="true", note="x" * 501)
    assert answer.status_code == 422
    assert "note is missing or wrong" in answer.text
    assert notes(site) == []


@pytest.mark.parametrize("forgets", ["the message", "its author"])
def test_a_note_is_erased_with_the_message_and_with_its_author(site: Site, forgets: str) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", note="Ann again")
    with transaction(site.engine) as session:
        if forgets == "the message":
            erasure.erase(session, [1])
        else:
            erasure.forget_authors(session, [1])
    assert notes(site) == [None]
