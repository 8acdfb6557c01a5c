"""Held messages have a tab of their own, with the two buttons of their notices."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from storage.access import chats
from storage.models import Action, ActionKind, ActionState, AuditEntry, Hold, HoldState, Sign
from storage.session import transaction
from tests.review.site import ESCAPED, EVIL, Site, as_moderator
from tests.storage import given

LINK = "see https://roses.example"


@pytest.fixture
def row(site: Site) -> int:
    """A newcomer's message that is held and gone from its group, beside one that stands there."""
    model = given.version(site.engine)
    with transaction(site.engine) as session:
        chat = chats.on_telegram(session, -100123, "Gardeners")
        chats.choose(session, chat.id, "hold_links", "yes")
    given.verdict(site.engine, model, given.incoming("good morning", 1), 0.1)
    held = given.incoming(f"{LINK} {EVIL}", 2, signs=(Sign.LINK,), author_name=EVIL)
    given.verdict(site.engine, model, held, 0.1)
    with transaction(site.engine) as session:
        deletions = update(Action).where(Action.kind == ActionKind.DELETE)
        session.execute(deletions.values(state=ActionState.DONE))
    return 2


def states(site: Site) -> list[HoldState]:
    return given.values(site.engine, Hold.state)


def test_the_tab_shows_what_is_held_and_what_it_carries(site: Site, row: int) -> None:
    text = site.get("/review?show=held").text
    assert ESCAPED in text
    assert EVIL not in text
    assert "with: link" in text
    assert "good morning" not in text
    assert 'href="/review?show=held"' in site.get("/review").text


def test_it_is_let_in_and_who_did_is_noted(site: Site, row: int) -> None:
    assert site.post(f"/review/held/{row}", lets_in="true").status_code == 303
    assert states(site) == [HoldState.RELEASED]
    assert given.values(site.engine, Hold.decided_by) == ["ann"]
    assert ActionKind.RESTORE in given.kinds(site.engine)
    assert f"held message {row}: released" in given.values(site.engine, AuditEntry.detail)
    assert "Nothing is held" in site.get("/review?show=held").text


def test_it_is_refused(site: Site, row: int) -> None:
    site.post(f"/review/held/{row}", lets_in="false")
    assert states(site) == [HoldState.REFUSED]
    assert ActionKind.RESTORE not in given.kinds(site.engine)


def test_who_comes_second_learns_who_decided(site: Site, row: int) -> None:
    site.post(f"/review/held/{row}", lets_in="false")
    second = site.post(f"/review/held/{row}", lets_in="true")
    assert second.status_code == 409
    assert "ann has refused it already" in second.text
    assert states(site) == [HoldState.REFUSED]


def test_moderators_of_other_chats_see_and_decide_nothing(site: Site, row: int) -> None:
    as_moderator(site, 99)
    assert "Nothing is held" in site.get("/review?show=held").text
    assert site.post(f"/review/held/{row}", lets_in="true").status_code == 404
    assert states(site) == [HoldState.HELD]


def test_a_message_that_is_not_held_is_a_sentence(site: Site, row: int) -> None:
    answer = site.post("/review/held/1", lets_in="true")
    assert answer.status_code == 404
    assert "is held" in answer.text
