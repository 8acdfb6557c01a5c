"""What a decision in the queue settles, what taking it back undoes, and both on the page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, select

from storage.errors import UnknownVerdict
from storage.models import Action, ActionKind, ActionState, Correction, CorrectionState
from storage.moderation import corrections
from storage.session import reading, transaction
from storage.views import cards
from tests.review.queue import aside, page, scored
from tests.review.site import Site
from tests.storage import given

pytestmark = pytest.mark.stories

# Settling, taking back


def test_what_is_set_aside_is_settled_and_taught_to_nobody(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    aside(engine, verdict)
    aside(engine, verdict)
    assert given.values(engine, Correction.state) == [CorrectionState.SET_ASIDE]
    with reading(engine) as session:
        assert corrections.accepted(session) == []
    given.corrected(engine, verdict, "web:ann", True)
    assert given.values(engine, Correction.state) == [CorrectionState.REPLACED, CorrectionState.ACCEPTED]


def test_taking_back_undoes_what_was_done_and_opens_the_item(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    given.corrected(engine, verdict, "web:ann", True)
    with transaction(engine) as session:
        corrections.take_back(session, verdict, "web:ann")
    assert page(engine) == [verdict]
    with reading(engine) as session:
        left = {action.kind: action.state for action in session.scalars(select(Action))}
    assert left[ActionKind.BAN] == left[ActionKind.DELETE] == ActionState.CANCELLED


def test_taking_back_settles_a_dispute(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    for who, is_spam in (("web:ann", True), ("web:bob", False)):
        given.corrected(engine, verdict, who, is_spam)
    with transaction(engine) as session:
        corrections.take_back(session, verdict, "web:bob")
        assert corrections.take_back(session, verdict, "web:eve") is None
    assert given.values(engine, Correction.state) == [CorrectionState.ACCEPTED, CorrectionState.WITHDRAWN]


def test_a_card_of_another_chat_is_unknown(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    with reading(engine) as session:
        assert cards.one(session, verdict, (1,)).item.verdict_id == verdict
        with pytest.raises(UnknownVerdict):
            cards.one(session, verdict, (2,))


# The page


def test_a_bulk_decision_goes_back_to_the_same_filters(site: Site) -> None:
    made = scored(site.engine, 0.9, 0.9)
    answer = site.post("/review/bulk", verdict_ids=made, is_spam="true", back="show=all&order=doubt&q=word&evil=1")
    assert answer.headers["location"] == "/review?show=all&order=doubt&q=word"
    assert given.values(site.engine, Correction.is_spam) == [True, True]


def test_other_and_undo_need_no_script(site: Site) -> None:
    [verdict] = scored(site.engine, 0.9)
    site.post(f"/review/{verdict}", aside="true")
    assert given.values(site.engine, Correction.state) == [CorrectionState.SET_ASIDE]
    site.post(f"/review/{verdict}/undo")
    assert given.values(site.engine, Correction.state) == [CorrectionState.WITHDRAWN]


def test_near_duplicates_stand_together_and_are_decided_together(site: Site) -> None:
    model = given.version(site.engine)
    for i in range(3):
        text_of_it = f"Earn {i}00 dollars a day from your home, write to me"
        given.verdict(site.engine, model, given.incoming(text_of_it, i))
    shown = site.get("/review").text
    assert "3 alike" in shown
    also = re.findall(r'name="also" value="(\d+)"', shown)
    site.post("/review/3", is_spam="true", also=also)
    assert given.values(site.engine, Correction.is_spam) == [True] * 3


def test_what_hides_is_made_visible(site: Site) -> None:
    given.verdict(site.engine, given.version(site.engine), given.incoming("fr\u0435e b\u200bit"))
    shown = site.get("/review").text
    assert "U+200B" in shown
    assert "<mark>fr\u0435e</mark>" in shown


def test_an_item_shows_what_was_said_around_it(site: Site) -> None:
    made = scored(site.engine, 0.1, 0.9)
    given.received(site.engine, given.incoming("before it", 0, chat_external_id=-5 - 0))
    shown = site.get(f"/review/{made[1]}/details").text
    assert "before it" in shown


@pytest.mark.parametrize("query", ["order=x&show=y&chat=z&before=-1", "chat=9999999999999999999&before=1e9", "q=%00"])
def test_a_nonsense_address_is_the_usual_queue(site_on_both: Site, query: str) -> None:
    assert site_on_both.get(f"/review?{query}").status_code == 200
