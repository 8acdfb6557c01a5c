"""Two moderators do not open one card unawares; a claim blocks nothing, ends by itself and with a decision."""

from __future__ import annotations

from storage.models import Claim
from tests.conftest import count
from tests.review.site import Site, as_moderator, flag, in_two_chats
from tests.storage import given

LOOKING = "<strong>ann</strong> is looking at this"


def test_whoever_opens_a_card_claims_it_and_others_see_that(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    assert "is looking at this" not in site.get(f"/review/{verdict}/details").text + site.get("/review").text
    site.log_in("bob")
    assert LOOKING in site.get("/review").text
    assert LOOKING in site.get(f"/review/{verdict}").text
    assert given.values(site.engine, Claim.actor_name) == ["ann"]


def test_a_claim_may_be_taken_anyway(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.get(f"/review/{verdict}")
    site.log_in("bob")
    assert site.post(f"/review/{verdict}/claim").headers["location"] == f"/review/{verdict}"
    assert given.values(site.engine, Claim.actor_name) == ["bob"]


def test_a_claim_ends_by_itself(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.get(f"/review/{verdict}")
    given.passed(site.engine, "claims", "until")
    site.log_in("bob")
    assert "is looking at this" not in site.get("/review").text
    site.get(f"/review/{verdict}")
    assert given.values(site.engine, Claim.actor_name) == ["bob"]


def test_no_claim_keeps_another_from_deciding_and_a_decision_ends_it(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.get(f"/review/{verdict}")
    site.log_in("bob")
    assert site.post(f"/review/{verdict}", is_spam="true").status_code == 303
    assert count(site.engine, "corrections") == 1
    assert count(site.engine, "claims") == 0


def test_an_open_card_is_not_claimed_anew_with_every_look(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.get(f"/review/{verdict}")
    [until] = given.values(site.engine, Claim.until)
    site.get(f"/review/{verdict}/details")
    assert given.values(site.engine, Claim.until) == [until]


def test_nobody_claims_a_card_of_another_chat(site: Site) -> None:
    _, others = in_two_chats(site)
    as_moderator(site, 1)
    assert site.get(f"/review/{others}").status_code == 404
    assert site.post(f"/review/{others}/claim").status_code == 404
    assert count(site.engine, "claims") == 0
