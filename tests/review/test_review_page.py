"""The queue as a page: which verdicts it shows, and what a decision does."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from review.queue import PAGE_SIZE
from storage.exported import ExportedMessage
from storage.learning import history
from storage.models import Action, Correction, CorrectionState, now
from storage.odds import shifts
from storage.session import reading, transaction
from tests.conftest import count
from tests.review.site import ESCAPED, EVIL, Site, flag, in_two_chats, verdicts
from tests.storage import given


def test_the_queue_shows_what_was_flagged_the_newest_first(site: Site) -> None:
    flagged = flag(site, "buy now", "free money")
    page = site.get("/review").text
    assert verdicts(page) == flagged[::-1]
    assert "free money" in page
    assert "<strong>Ann</strong> in a group" in page


def test_an_empty_queue_says_so(site: Site) -> None:
    assert "Nothing to decide" in site.get("/review").text
    assert "Nothing has been flagged yet" in site.get("/review?show=all").text


def test_a_long_queue_has_pages(site: Site) -> None:
    flagged = flag(site, *(f"{chr(97 + i) * 9} spam" for i in range(PAGE_SIZE + 1)))
    first = site.get("/review").text
    older = re.findall(r'href="(/review\?[^"]*before=\d+)"', first)[0].replace("&amp;", "&")
    assert verdicts(first) + verdicts(site.get(older).text) == flagged[::-1]
    assert "before=" not in site.get(older).text


def test_a_decision_is_stored_with_its_moderator(site: Site) -> None:
    [verdict] = flag(site, "good morning")
    answer = site.post(f"/review/{verdict}", is_spam="false")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?show=open")
    with reading(site.engine) as session:
        correction = session.scalars(select(Correction)).one()
    assert (correction.actor, correction.actor_name, correction.is_spam) == ("web:ann", "ann", False)
    assert correction.state == CorrectionState.ACCEPTED


def test_what_is_decided_leaves_the_queue_and_stays_under_all(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true")
    assert verdicts(site.get("/review").text) == []
    page = site.get("/review?show=all").text
    assert verdicts(page) == [verdict]
    assert "says ann" in page


def test_a_dispute_is_shown(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true")
    given.corrected(site.engine, verdict, "telegram:1", False)
    assert "<strong>disputed</strong>" in site.get("/review").text


def test_a_decision_has_telegrams_message_deleted(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", show="all")
    assert {kind.value for kind in given.values(site.engine, Action.kind)} == {"notify", "amend", "delete", "ban"}


def test_deciding_an_unknown_verdict_is_not_found(site: Site) -> None:
    answer = site.post("/review/999999", is_spam="true")
    assert answer.status_code == 404
    assert "There is no verdict 999999." in answer.text


def test_ham_drawn_for_audit_is_shown_and_decided_there(site: Site) -> None:
    drawn = given.verdict(site.engine, given.version(site.engine), score=0.1, audit_share=1.0)
    assert verdicts(site.get("/review?show=audit").text) == [drawn]
    answer = site.post(f"/review/{drawn}", is_spam="false", show="audit")
    assert answer.headers["location"] == "/review?show=audit"
    assert verdicts(site.get("/review?show=audit").text) == []


def test_where_the_shadow_disagrees_the_champions_verdict_is_decided(site: Site) -> None:
    (flagged,) = flag(site, "buy now")
    given.shadowed(site.engine, given.in_shadow(site.engine), 0.1)
    page = site.get("/review?show=disagreements").text
    assert verdicts(page) == [flagged]
    assert "not spam (0.10)" in page


@pytest.mark.parametrize("show", ["open", "all", "audit", "disagreements"])
def test_an_empty_queue_says_what_it_is_for(site: Site, show: str) -> None:
    assert '<section class="notice" id="nothing">' in site.get(f"/review?show={show}").text


def test_a_shadows_verdict_is_neither_shown_nor_decided(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    of_the_shadow = given.shadowed(site.engine, given.in_shadow(site.engine), 0.9)
    assert verdicts(site.get("/review?show=all").text) == [verdict]
    assert site.post(f"/review/{of_the_shadow}", is_spam="false").status_code == 404


@pytest.mark.parametrize("is_spam", ["nonsense", "", "2"])
def test_a_decision_that_says_nothing_is_refused(site: Site, is_spam: str) -> None:
    [verdict] = flag(site, "buy now")
    answer = site.post(f"/review/{verdict}", is_spam=is_spam)
    assert answer.status_code == 422
    assert "is_spam is missing or wrong" in answer.text
    assert count(site.engine, "corrections") == 0


def test_a_decision_leads_nowhere_else(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    answer = site.post(f"/review/{verdict}", is_spam="true", show="https://evil.example")
    assert answer.headers["location"] == "/review?show=open"


def test_texts_and_names_are_escaped_in_the_queue(site: Site) -> None:
    evil = given.incoming(EVIL, author_name=EVIL, chat_title=EVIL)
    verdict = given.verdict(site.engine, given.version(site.engine), evil)
    given.corrected(site.engine, verdict, EVIL, False)
    page = site.get("/review?show=all").text
    assert EVIL not in page
    assert EVIL.title() not in page
    assert page.count(ESCAPED) >= 3


@pytest.mark.parametrize("path", ["/chat/lines/{}", "/review?before={}"])
def test_an_id_out_of_range_is_refused(site_on_both: Site, path: str) -> None:
    assert site_on_both.get(path.format(10**20)).status_code < 500


def test_a_verdict_out_of_range_is_refused(site_on_both: Site) -> None:
    assert site_on_both.post(f"/review/{10**20}", is_spam="true").status_code < 500


@pytest.mark.parametrize("path", ["/review?show=everything", "/review/6"])
def test_a_card_says_what_is_known_of_the_author_and_where_that_moves_the_thresholds(site: Site, path: str) -> None:
    model = given.version(site.engine)
    given.regular(site.engine, model)
    assert given.verdict(site.engine, model, given.incoming("buy"), 0.97, shifts=shifts({})) == 6
    shown = site.get(path).text
    assert "a regular: review from 0.99, act from 0.999 ·" in shown


def test_a_message_from_before_hamlet_is_marked_so_among_what_was_said_around(site: Site) -> None:
    verdict = in_two_chats(site)[0]
    with transaction(site.engine) as session:
        history.store(session, 1, [ExportedMessage(2, 8, "Bob", "as I said", now(), None)])
    assert "Bob, before hamlet" in site.get(f"/review/{verdict}").text
