"""The page that checks one text."""

from __future__ import annotations

from storage.moderation import explanations
from storage.session import transaction
from tests.review.site import Site
from tests.storage import given


def test_a_checked_text_shows_score_tokens_and_why(site: Site) -> None:
    row = int(site.post("/check", text="buy now").headers["location"].rsplit("/", 1)[1])
    assert "The worker is judging it" in site.get(f"/check/{row}").text
    verdict = given.verdict(site.engine, given.version(site.engine), given.incoming("x", 9))
    own = given.values(site.engine, given.Verdict.id)[0]
    assert own != verdict
    site.post(f"/check/{row}/why")
    with transaction(site.engine) as session:
        explanations.answer(session, own, "v1", tokens=["buy", " now"], ngrams=[["buy", 1.25]], parts={"network": 2.0})
    answer = site.get(f"/check/{row}/answer").text
    for shown in ("<span>·now</span>", "+1.25", "+2.00", '<span class="score">0.950</span>'):
        assert shown in answer, shown


def test_an_example_is_said_by_a_click(site: Site) -> None:
    shown = site.get("/chat").text
    assert "FREE USDT AIRDROP, connect your wallet" in shown
    assert "Продаю диван, самовывоз, 5000 руб." in shown
    site.post("/chat", example="an example", text="")
    assert "an example" in site.get("/chat").text
