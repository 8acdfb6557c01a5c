"""All that a filter shows is decided at once, counted first, and exactly that is undone."""

from __future__ import annotations

import re

import pytest

from review.decide_all import MOST
from storage.models import Action, BulkCorrection, Correction, CorrectionState
from storage.moderation import bulk, inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.odds import NEUTRAL
from storage.session import transaction
from tests.conftest import count
from tests.review.site import Site, as_moderator, entries, flag, in_two_chats, verdicts
from tests.storage import given

STATE = CorrectionState


def ids(site: Site, query: str = "") -> str:
    """The numbers that the page of confirmation holds."""
    return re.findall(r'name="ids" value="([0-9,]*)"', site.get(f"/review/all?{query}").text)[0]


def states(site: Site) -> list[CorrectionState]:
    return given.values(site.engine, Correction.state)


def test_the_queue_offers_it_for_its_filter_and_the_page_counts(site: Site) -> None:
    flag(site, "cheap watches", "cheap shoes", "dear friends")
    assert 'href="/review/all?show=open&amp;q=cheap"' in site.get("/review?q=cheap").text
    page = site.get("/review/all?q=cheap").text
    assert "<strong>2</strong> messages with “cheap” wait for a decision" in page
    assert "dear friends" not in page
    assert count(site.engine, "corrections") == 0


def test_exactly_what_was_counted_is_decided_with_one_entry_in_the_audit(site: Site) -> None:
    first, second, other = flag(site, "cheap watches", "cheap shoes", "dear friends")
    counted = ids(site, "q=cheap")
    answer = site.post("/review/all", ids=counted, is_spam="true")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/all/1")
    assert verdicts(site.get("/review").text) == [other]
    assert given.values(site.engine, Correction.verdict_id) == [first, second]
    assert {kind.value for kind in given.values(site.engine, Action.kind)} >= {"delete", "ban"}
    assert [e.detail for e in entries(site.engine) if e.what == bulk.WHAT] == ["2 messages: spam, bulk decision 1"]
    assert [e for e in entries(site.engine) if e.what == "decision"] == []


def test_undoing_withdraws_exactly_these(site: Site) -> None:
    first, second, third, alone = flag(site, "cheap watches", "cheap shoes", "cheap hats", "dear friends")
    site.post(f"/review/{alone}", is_spam="true")
    site.post("/review/all", ids=ids(site, "q=cheap"), is_spam="true")
    site.post(f"/review/{third}", is_spam="false")  # changed since by hand: stays
    assert "Undo these" in site.get("/review/all/1").text
    site.post("/review/all/1/undo")
    assert states(site) == [STATE.ACCEPTED, STATE.WITHDRAWN, STATE.WITHDRAWN, STATE.REPLACED, STATE.ACCEPTED]
    assert verdicts(site.get("/review").text) == [second, first]
    assert "None of them stands any more." in site.get("/review/all/1").text
    assert entries(site.engine)[-1].detail == "2 messages: takes back bulk decision 1"
    assert "undone" in site.get("/review/all").text


def test_undoing_twice_changes_nothing_more(site: Site) -> None:
    [verdict] = flag(site, "cheap watches")
    site.post("/review/all", ids=ids(site), aside="true")
    site.post("/review/all/1/undo")
    site.post(f"/review/{verdict}", is_spam="false")
    site.post("/review/all/1/undo")
    assert states(site) == [STATE.WITHDRAWN, STATE.ACCEPTED]


def test_what_another_decided_meanwhile_stays_as_it_is(site: Site) -> None:
    first, second = flag(site, "cheap watches", "cheap shoes")
    counted = ids(site)
    given.corrected(site.engine, first, "web:bob", False)
    site.post("/review/all", ids=counted, is_spam="true")
    assert given.values(site.engine, Correction.verdict_id) == [first, second]
    assert count(site.engine, "bulk_corrections") == 1


def test_a_decision_of_ones_own_from_before_is_not_undone(site: Site) -> None:
    disputed, _ = flag(site, "cheap watches", "cheap shoes")
    given.corrected(site.engine, disputed, "web:ann", True)
    given.corrected(site.engine, disputed, "web:bob", False)
    site.post("/review/all", ids=ids(site), is_spam="true")
    assert given.values(site.engine, BulkCorrection.correction_id) == [3]


def test_decided_messages_are_not_decided_anew(site: Site) -> None:
    [verdict] = flag(site, "cheap watches")
    site.post(f"/review/{verdict}", is_spam="true")
    for show in ("decided", "all", "everything", "failed"):
        assert "Nothing here waits for a decision" in site.get(f"/review/all?show={show}").text


def test_no_more_than_the_limit_is_taken_at_once(site: Site) -> None:
    model = given.version(site.engine)
    rows = given.received(site.engine, *(given.incoming(f"text {n}", n) for n in range(MOST + 2)))
    with transaction(site.engine) as session:
        holder, _ = inbox.claim(session, len(rows), 30)
        scoring = ScoringVersion(model.id, 0.5, 0.9, {}, 0.0, NEUTRAL)
        inbox.record(session, holder, scoring, [Judgement(row, 0, 0.95) for row in rows])
    page = site.get("/review/all").text
    assert f"The first <strong>{MOST}</strong> of more messages" in page
    assert ids(site).count(",") == MOST - 1


@pytest.mark.parametrize("wrong", ["", "1;2", "x", "1,,2"])
def test_numbers_that_are_none_are_refused(site: Site, wrong: str) -> None:
    flag(site, "cheap watches")
    answer = site.post("/review/all", ids=wrong, is_spam="true")
    assert answer.status_code == 422
    assert "That did not work" in answer.text
    assert count(site.engine, "bulk_decisions") == 0


def test_a_moderator_decides_in_no_other_chat_and_undoes_nobody_elses(site: Site) -> None:
    mine, others = in_two_chats(site)
    site.post("/review/all", ids=str(others), is_spam="true")
    as_moderator(site, 1)
    assert ids(site) == str(mine)
    assert site.get("/review/all/1").status_code == 404
    assert site.post("/review/all/1/undo").status_code == 404
    site.post("/review/all", ids=f"{mine},{others}", is_spam="false")
    assert given.values(site.engine, Correction.verdict_id) == [others, mine]
    assert site.get("/review/all?chat=2").status_code == 404


def test_who_lost_a_chat_undoes_nothing_there_and_the_rest_as_before(site: Site) -> None:
    first, second = in_two_chats(site)
    as_moderator(site, 1, 2)
    site.post("/review/all", ids=f"{first},{second}", is_spam="true")
    as_moderator(site, 2)
    site.post("/review/all/1/undo")
    assert given.values(site.engine, Correction.verdict_id) == [first, second]
    assert states(site) == [STATE.ACCEPTED, STATE.WITHDRAWN]
    assert [e.chat_id for e in entries(site.engine) if "takes back" in e.detail] == [2]
    as_moderator(site, 3)
    site.post("/review/all/1/undo")
    assert states(site) == [STATE.ACCEPTED, STATE.WITHDRAWN]
